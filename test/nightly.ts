// What is tested once a night and not for each change: a further version, library or starting point of what each change is tested with.

/** Whether this test run is that of the night: `NIGHTLY=1`. */
export const nightly = process.env.NIGHTLY === "1";
