export type { BudgetKey, SharedBudget } from '../budget/shared-budget.js';
export { type PostgresBudgetOptions, postgresBudget } from './postgres-budget.js';
export { type RedisBudgetOptions, redisBudget } from './redis-budget.js';
export type { SharedRate } from './shared-limiter.js';
