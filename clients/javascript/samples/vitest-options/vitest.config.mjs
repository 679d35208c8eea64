import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { globalSetup: ["lido.setup.mjs"] },
});
