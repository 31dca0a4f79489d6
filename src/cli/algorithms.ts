export { algorithms } from '../library/algorithms.ts'
