/** Stands in the sandbox's script where the part ends that CPU workers run. */
export const CPU_END = '/* the CPU worker ends here */'

/** What the workers of the sandbox run: those of the CPU a part of the script, those of the GPU all of it. */
export type Scripts = { readonly cpu: string; readonly gpu: string }

/** Finds the scripts of the workers in the script of the sandbox. */
export function splitScript(script: string): Scripts {
  return { cpu: script.slice(0, script.indexOf(CPU_END)), gpu: script }
}
