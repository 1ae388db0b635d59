#!/usr/bin/env node
import { start } from './start.js';

start('slipway', '../src/main.ts');
