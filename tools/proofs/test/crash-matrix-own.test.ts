import { proveCrashes } from '../src/crash-cases.js';

proveCrashes('own');
