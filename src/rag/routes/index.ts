import type { RouteFinder } from '../route-finder.ts';
import express from './express.ts';
import fastapi from './fastapi.ts';

/** Every framework whose routes are found. */
export const routeFinders: readonly RouteFinder[] = [fastapi, express];
