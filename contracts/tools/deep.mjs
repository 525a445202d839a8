#!/usr/bin/env node
// The random runs of the escrow's books, longer than in `npm test`. FOUNDRY_INVARIANT_RUNS and FOUNDRY_INVARIANT_DEPTH
// ask for more.
import { spawnSync } from 'node:child_process'

const env = { FOUNDRY_INVARIANT_RUNS: '64', FOUNDRY_INVARIANT_DEPTH: '256', ...process.env }
const args = ['test', '--match-path', 'contracts/test/books/*', '--show-progress']
process.exitCode = spawnSync('forge', args, { env, stdio: 'inherit' }).status ?? 1
