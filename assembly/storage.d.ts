/**
 * The types that numbers are stored in. The build names them (asconfig.json), so that one source makes a kernel a width;
 * these are those of the 16-bit one.
 */
declare type Weight = i16;
declare type State = i16;
/** Holds sums of products of the two; what is queued in rows.ts adds up in it, too. */
declare type Drive = i32;

/** Threads there may be, as the build says: one, the two cores of a microcontroller, or as many as a host's build has room for. */
declare const TEAM_LIMIT: i32;
