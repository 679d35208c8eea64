module.exports = {
  globalSetup: "lido-cognito/jest-setup",
  globalTeardown: "lido-cognito/jest-teardown",
};
