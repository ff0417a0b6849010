import type { GenerateOptions } from '../../../src/scenario/generate/generate.ts';

/** Nothing is chosen and nothing given. */
export const PLAIN: GenerateOptions = {
  baseUrl: null,
  operations: [],
  tags: [],
  methods: [],
  paths: [],
  shapes: [],
  templates: [],
  headers: {},
  auth: [],
  pathValues: {},
  seed: null,
  includeDelete: false,
  dependencies: {},
};
