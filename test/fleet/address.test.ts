import { expect, test } from 'vitest';
import { parseAddress } from '#host/fleet/address';

test('an address is taken apart, its words decoded', () => {
  const { name, options } = parseAddress('rediss://me:a%40b%25@store.example:7000/3');
  expect(name).toBe('store.example:7000');
  expect(options).toMatchObject({
    host: 'store.example',
    port: 7000,
    username: 'me',
    password: 'a@b%',
    db: 3,
    tls: { servername: 'store.example' },
  });
});

test('without a port, a user, a number; on IPv6', () => {
  const { name, options } = parseAddress('redis://[::1]');
  expect(name).toBe('[::1]:6379');
  expect(options).toMatchObject({ host: '::1', port: 6379, db: 0 });
  expect(Object.keys(options)).not.toEqual(expect.arrayContaining(['password']));
  expect(options.tls).toBeUndefined();
});

test.each([
  ['', 'EQPROP_QUEUE is not set'],
  ['localhost:6379', 'is no address of a Redis'],
  ['http://:secret@localhost', 'is no address of a Redis'],
  ['redis://', 'is no address of a Redis'],
  ['redis://:secret@host:port', 'is no address of a Redis'],
  ['redis://:secret@host/queue', 'is no address of a Redis'],
  ['redis://:secret%zz@host', 'encodes nothing'],
])('%s is refused without being told', (text, reason) => {
  const told = (() => {
    try {
      parseAddress(text);
    } catch (error) {
      return (error as Error).message;
    }
    return 'taken';
  })();
  expect(told).toContain(reason);
  expect(told).not.toContain('secret');
});

test('a password is taken out of whatever is told, as it was written and as it is meant', () => {
  const { redact } = parseAddress('redis://:a%40b@host');
  expect(redact('cannot use a@b, a%40b')).toBe('cannot use ***, ***');
});
