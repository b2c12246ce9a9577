import { proveCrashes } from '../src/crash-cases.js';

proveCrashes('same');
