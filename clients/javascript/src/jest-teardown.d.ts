/** Stops the server that `lido-cognito/jest-setup` has started. */
declare const teardown: () => Promise<void>;
export = teardown;
