import * as v from 'valibot';

/** Says where a value is not what its schema says, and how: `networks.0.epochs is missing`. */
export function faultIn(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  const [issue] = issues;
  const where = v.getDotPath(issue) ?? 'all of it';
  return issue.received === 'undefined' ? `${where} is missing` : `${where}: ${issue.message}`;
}
