/** The parser of CSV files, as its own package has it for browsers. */
export * from 'csv-parse/browser/esm/sync';
