/** Exit statuses, by which scripts can tell how the program ended; an interrupted run ends with 130. */
export const Exit = { failure: 1, usage: 2, verification: 3, symptom: 4, defect: 70 } as const;
