/** The sections of a run's page, in their order; those without data are left out. */
import type { Html } from '../drawing/index.js';
import type { Charts } from './charts.js';
import type { ReportData } from './data.js';
import { divergenceSection } from './divergence.js';
import { factsSection, headlineSection } from './headline.js';
import { learningSection, relaxationSection } from './learning.js';
import { kernelsSection, receptiveFieldsSection } from './looks.js';
import { mistakesSection } from './mistakes.js';
import { parametersSection } from './parameters.js';
import { settlingSection } from './settling.js';
import { symptomsSection } from './symptoms.js';
import { underWaySection } from './under-way.js';

type Section = (data: ReportData, charts: Charts) => Html | undefined;

export const SECTIONS: Readonly<Record<string, Section>> = {
  symptoms: symptomsSection,
  result: headlineSection,
  underWay: underWaySection,
  learning: learningSection,
  divergence: ({ divergence }, charts) => divergenceSection(divergence, charts),
  relaxation: relaxationSection,
  parameters: parametersSection,
  receptiveFields: receptiveFieldsSection,
  kernels: kernelsSection,
  settling: settlingSection,
  mistakes: mistakesSection,
  run: factsSection,
};
