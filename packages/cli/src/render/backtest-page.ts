import type { Backtest } from '../backtest/answer.js';
export function renderBacktestPage(_found: Backtest): string {
  return '';
}
