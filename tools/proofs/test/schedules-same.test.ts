import { proveSchedules } from '../src/schedule-pairs.js';

proveSchedules('same');
