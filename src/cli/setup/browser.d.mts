/** The browser's program: CHROME_PATH, else the first one on PATH; `undefined` when there is none. */
export function findBrowser(): string | undefined

/** The browser's program, installed if need be; ends the process with the command to run where that cannot be done. */
export function needBrowser(): string
