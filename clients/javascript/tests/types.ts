// Compiled, not run: the types of the package as a user's TypeScript sees them.

import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { connectLido, type Fault, type Lido, OperationError, type Pool, startLido, type Tokens } from "lido-cognito";
import { usePool, usePoolWithClock } from "lido-cognito/jest";
import { test, testWithClock } from "lido-cognito/vitest";
import { lidoSetup } from "lido-cognito/vitest-setup";

export default lidoSetup({ region: "eu-west-1", refuseFrom: ["192.0.2.1"] });

export async function core(): Promise<void> {
  await using lido: Lido = await startLido({ binary: "lido", timeout: 1000, confirmationCode: "123456" });
  new CognitoIdentityProviderClient(lido.clientConfig);
  const pool: Pool = await connectLido(lido.connection).createPool({ client: { GenerateSecret: true } });
  const seeded: Pool = lido.pool("us-east-1_Shop00001", "shopweb");
  await startLido({ seed: ["seed.toml", seeded.id] });
  const code: string = await pool.codeFor("mary", { timeout: 1000 });
  const { User } = await pool.call<{ User: { Username: string } }>("AdminGetUser", { Username: code });
  const now: Date = await lido.clock.advance({ hours: 1 });
  const { AccessToken }: Tokens = await pool.tokensFor("mary");
  await using fault: Fault = await lido.fault({ effect: "error", error: AccessToken, count: 1 });
  const hits: number = await fault.hits();
  const text: string = (await pool.messageFor("mary", { timeout: hits })).body;
  await pool.createUser(text);
  await lido.reset();
  await lido.clock.set(await lido.clock.reset());
  const sent: Date | undefined = (await lido.messages({ username: User.Username }))[0]?.sentAt;
  if (sent === now) throw new OperationError();
  // @ts-expect-error: an unknown filter.
  await lido.messages({ user: "mary" });
  // @ts-expect-error: an unknown effect.
  await lido.fault({ effect: "break" });
  // @ts-expect-error: a moment is not a duration.
  await lido.clock.advance(now);
}

test("vitest", async ({ lido, pool }) => {
  const id: string = pool.id + lido.endpoint;
  id.trim();
});

testWithClock.extend({ poolOptions: { pool: { PoolName: "shop" } } })("clock", async ({ clock, pool }) => {
  await clock.advance(60);
  await pool.delete();
});

// @ts-expect-error: a test on the shared server has no clock.
test("vitest without a clock", async ({ clock }) => clock);

const context = usePoolWithClock({ pool: { PoolName: "shop" }, lidoOptions: { region: "eu-west-1" } });
export const jest = [usePool().pool.id, context.clock.now()];
