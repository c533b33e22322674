/** Writes what is particular to a network, as C: eqprop_config.h for whoever calls the library, eqprop_network.h for the library. */
import { classNameOf, type Preparation } from '../data/index.js';
import { hexadecimal } from '../ground/index.js';
import {
  configureRequest,
  evaluationIterations,
  formatsOf,
  graphOf,
  inputsEach,
  type Picture,
  pixelsOf,
  ratesAt,
  stateBits,
  trainRequest,
} from '../model/index.js';
import { crc32, Messages, offsetOf } from '../wire/index.js';
import { byteLines, stringLiteral } from './c-text.js';
import type { LaidOut, Trained } from './laid-out.js';

/** The data that a network has learnt from. */
export interface Origin {
  readonly data: string;
  /** Its last validation's, in percent. */
  readonly error?: number | undefined;
}

/** A trained network, and what its inputs and outputs mean. */
export interface Deployed extends Trained {
  /** The library's. */
  readonly name: string;
  readonly origin: Origin;
  /** The inputs', signed halves counted as channels. */
  readonly picture: Picture;
  readonly preparation: Preparation;
  /** How the values of an example follow one another where it has several channels and places. */
  readonly order: 'channels-first' | 'channels-last';
  readonly learns: boolean;
  /** Least score of an answer that is not rejected, 0 to 1. */
  readonly threshold: number;
}

type Constants = Readonly<Record<string, number | string>>;

/** Bytes before and behind the parameters of what is saved. */
const HEAD_AND_CRC = 36;

/** Bytes that eqprop_save() writes. */
export function savedBytes({ resident }: LaidOut): number {
  return HEAD_AND_CRC + resident.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** eqprop_config.h */
export function configHeader(deployed: Deployed, laidOut: LaidOut): string {
  const { recipe, preparation, digest, step, learns } = deployed;
  const { scaling } = preparation;
  const { units, outputs } = graphOf(recipe);
  const one = 2 ** formatsOf(recipe).states.fraction;
  const constants: Constants = {
    FEATURES: featuresOf(deployed),
    CLASSES: outputs,
    INPUTS: pixelsOf(deployed.picture),
    UNITS: units,
    ONE: one,
    THRESHOLD: Math.ceil(deployed.threshold * one),
    SCALED: scaling ? 1 : 0,
    LEARNS: learns ? 1 : 0,
    MINIBATCH: learns ? recipe.minibatch : 1,
    MEMORY: (laidOut.memory.length + 7) & ~7,
    PARAMETER_BYTES: laidOut.parameters.length,
    SAVED_BYTES: savedBytes(laidOut),
    STEP: `${step}u`,
    DIGEST: `0x${hexadecimal(digest)}ull`,
  };
  return guarded(
    'EQPROP_CONFIG_H',
    `${recipe.network}, of ${deployed.name}.`,
    `${defines(constants, 'EQPROP_')}

/* ${scaling ? 'A reading of the sensor: eqprop_fraction() tells how a decimal one becomes a whole number.' : 'A feature as it stands: 0 to 255.'} */
typedef ${scaling ? 'int32_t' : 'uint8_t'} eqprop_feature;`,
  );
}

/** eqprop_network.h, but for the kernel. */
export function networkHeader(deployed: Deployed, laidOut: LaidOut, kernel: string): string {
  const { recipe, preparation, learns } = deployed;
  const { storage, parameters, images, outputs } = laidOut;
  const { outputs: classes } = graphOf(recipe);
  const bytes = stateBits(storage) / 8;
  const constants: Constants = {
    IMAGES: `${images}u`,
    OUTPUTS: `${outputs}u`,
    STATE_BYTES: `${bytes}u`,
    ITERATIONS: `${evaluationIterations(recipe)}u`,
    'LOAD_STATE(address)': bytes === 2 ? 'i32_load16_s(address)' : 'i32_load(address)',
    ...featureOrder(deployed),
  };
  const names = Array.from({ length: classes }, (_, label) => classNameOf(preparation, label));
  const parts = [
    kernel,
    defines(constants, ''),
    `static const union {
  u64 aligned;
  u8 bytes[${parameters.length}];
} parameters = {.bytes = {\n${byteLines(parameters)}\n}};`,
    ...placing(laidOut),
    ...(learns ? [learning(deployed, laidOut)] : []),
    `static const char *const class_names[] = {\n${names.map((name) => `  ${stringLiteral(name)},`).join('\n')}\n};`,
    ...scalings(preparation),
  ];
  return guarded('EQPROP_NETWORK_H', 'Included by eqprop.c alone.', parts.join('\n\n'));
}

/** Which parameters are copied into the memory; and the cells of it in which addresses of the others are expected. */
function placing({ resident, pointers }: LaidOut): readonly string[] {
  const rows = (values: readonly object[]) =>
    values.map((each) => `  {${Object.values(each).join(', ')}},`).join('\n');
  return [
    `#define RESIDENT ${resident.length}u\n#define POINTERS ${pointers.length}u`,
    ...(resident.length > 0
      ? [`static const struct {\n  u32 address, bytes, offset;\n} resident[] = {\n${rows(resident)}\n};`]
      : []),
    ...(pointers.length > 0
      ? [`static const struct {\n  u32 cell, offset;\n} pointers[] = {\n${rows(pointers)}\n};`]
      : []),
  ];
}

function learning({ recipe, digest, step }: Deployed, { request, reply, storage }: LaidOut): string {
  const { train, load } = Messages;
  const interval = recipe['decay-interval'];
  // The last minibatch of an interval takes away what decays.
  const [plain, decaying] = [0, interval - 1].map((step) =>
    train.request.encode(trainRequest(0, recipe.minibatch, ratesAt(recipe, step, 1, recipe.minibatch))),
  );
  const network = Buffer.concat([
    Uint8Array.of(storage),
    Messages.configure.request.encode(configureRequest(recipe)),
    // Weights that are learnt are saved, those that are fixed are not: a save belongs to what was deployed.
    load.request.encode({ digest, step }),
  ]);
  const constants: Constants = {
    NETWORK: `${crc32(network) >>> 0}u`,
    REQUEST: `${request}u`,
    REPLY: `${reply}u`,
    TRAIN_STEP: `${offsetOf(train.request, 'step')}u`,
    TRAINED_STEP: `${offsetOf(train.reply, 'step')}u`,
    TRAINED_DIGEST: `${offsetOf(train.reply, 'weights')}u`,
    LOAD_DIGEST: `${offsetOf(load.request, 'digest')}u`,
    LOAD_STEP: `${offsetOf(load.request, 'step')}u`,
    INTERVAL: `${interval}u`,
  };
  return `${defines(constants, '')}

/* A minibatch's, and that of every INTERVAL-th, which lets the weights decay too. */
static const u8 train_requests[2][${plain.length}] = {
{
${byteLines(interval > 1 ? plain : decaying)}
},
{
${byteLines(decaying)}
}};`;
}

/** Features that an example has, before they are scaled. */
export function featuresOf({ picture, preparation: { scaling } }: Deployed): number {
  return pixelsOf(picture) / (scaling ? inputsEach(scaling) : 1);
}

/** Which feature comes to a place of the inputs, where channels stand last. */
function featureOrder(deployed: Deployed): Constants {
  const { rows, columns } = deployed.picture;
  const places = rows * columns;
  const channels = featuresOf(deployed) / places;
  const isTurned = deployed.order === 'channels-first' && places > 1 && channels > 1;
  return {
    'FEATURE_AT(place)': isTurned ? `((place) % ${channels} * ${places} + (place) / ${channels})` : '(place)',
  };
}

function scalings({ scaling }: Preparation): readonly string[] {
  if (!scaling) return [];
  const { kind, steps } = scaling;
  return [
    `#define SIGNED ${kind === 'signed' ? 1 : 0}
#define SCALINGS ${steps.length}u

/* (raw - offset) * multiplier >> shift; raw is a feature times 2^fraction. */
struct scaling {
  s32 offset;
  u16 multiplier;
  u8 shift;
  s8 fraction;
};

static const struct scaling scalings[] = {
${steps.map(({ offset, multiplier, shift, fraction }) => `  {${offset === -(2 ** 31) ? '-2147483647 - 1' : offset}, ${multiplier}, ${shift}, ${fraction}},`).join('\n')}
};`,
  ];
}

function defines(constants: Constants, prefix: string): string {
  return Object.entries(constants)
    .map(([name, value]) => `#define ${prefix}${name} ${value}`)
    .join('\n');
}

function guarded(guard: string, explanation: string, text: string): string {
  return `/* Written by eqprop: ${explanation} */
#ifndef ${guard}
#define ${guard}

${text}

#endif
`;
}
