/**
 * The contract of `serialport`'s bindings (`@serialport/bindings-interface`), whose types ES modules reach only
 * through the stream's.
 */
import type { OpenOptions as StreamOptions } from '@serialport/stream';

export type BindingInterface = StreamOptions['binding'];
export type BindingPortInterface = Awaited<ReturnType<BindingInterface['open']>>;
export type OpenOptions = Parameters<BindingInterface['open']>[0];
export type PortInfo = Awaited<ReturnType<BindingInterface['list']>>[number];
export type PortStatus = Awaited<ReturnType<BindingPortInterface['get']>>;
export type UpdateOptions = Parameters<BindingPortInterface['update']>[0];
