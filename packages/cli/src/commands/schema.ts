import { LanewiseError } from '@lanewise/model';
import type { CommandModule } from '../command.js';

export const schema: CommandModule = {
  help: { about: '', examples: [] },
  declare: (command) => void command.argument('[names...]'),
  run: () => Promise.reject(new LanewiseError('NOT_YET', 'This command is not there yet.')),
};
