import { lidoSetup } from "lido-cognito/vitest-setup";

export default lidoSetup({ region: "eu-west-1", confirmationCode: "123456" });
