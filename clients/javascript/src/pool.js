// A user pool with an app client, as a test uses it.

const { createHmac } = require("node:crypto");
const { control } = require("./control.js");
const { LidoError } = require("./errors.js");
const { request } = require("./http.js");

const DEFAULT_POOL = { PoolName: "test", AutoVerifiedAttributes: ["email"] };

const DEFAULT_CLIENT = {
  ClientName: "test",
  ExplicitAuthFlows: [
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
  ],
};

class Pool {
  constructor(lido, id, clientId, clientSecret) {
    Object.assign(this, { lido, id, clientId, clientSecret });
  }

  call(operation, input = {}) {
    return this.lido.call(operation, { UserPoolId: this.id, ...input });
  }

  async createUser(username, password, attributes = {}) {
    const UserAttributes = Object.entries(attributes).map(([Name, value]) => ({ Name, Value: `${value}` }));
    const input = { Username: username, UserAttributes, MessageAction: "SUPPRESS" };
    const { User } = await this.call("AdminCreateUser", input);
    if (password !== undefined) {
      await this.call("AdminSetUserPassword", { Username: User.Username, Password: password, Permanent: true });
    }
    return User.Attributes.find(({ Name }) => Name === "sub").Value;
  }

  async signIn(username, password) {
    const parameters = { USERNAME: username, PASSWORD: password };
    if (this.clientSecret !== undefined) parameters.SECRET_HASH = this.secretHash(username);
    const answer = await this.call("AdminInitiateAuth", {
      ClientId: this.clientId,
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      AuthParameters: parameters,
    });
    if (answer.AuthenticationResult === undefined) {
      throw new LidoError(`signing ${username} in leads to the challenge ${answer.ChallengeName}`);
    }
    return answer.AuthenticationResult;
  }

  async tokensFor(user) {
    const body = { clientId: this.clientId };
    const tokens = await control(this.lido.endpoint, "POST", ["pools", this.id, "users", user, "tokens"], { body });
    // As the API writes them.
    return Object.fromEntries(Object.entries(tokens).map(([name, value]) => [name[0].toUpperCase() + name.slice(1), value]));
  }

  secretHash(username) {
    if (this.clientSecret === undefined) {
      throw new LidoError("the app client has no secret; create the pool with client: { GenerateSecret: true }");
    }
    return createHmac("sha256", this.clientSecret).update(username + this.clientId).digest("base64");
  }

  messages(user) {
    return this.lido.messages({ userPoolId: this.id, username: user });
  }

  messageFor(user, { timeout } = {}) {
    return this.lido.messageFor(user, { userPoolId: this.id, timeout });
  }

  codeFor(user, { timeout } = {}) {
    return this.lido.codeFor(user, { userPoolId: this.id, timeout });
  }

  async openidConfiguration() {
    const path = `/${this.id}/.well-known/openid-configuration`;
    const { status, json } = await request(this.lido.endpoint, "GET", path);
    if (status !== 200) throw new LidoError(`the configuration of the pool cannot be read: ${JSON.stringify(json)}`);
    return json;
  }

  async delete() {
    await this.call("DeleteUserPool");
  }
}

module.exports = { Pool, DEFAULT_POOL, DEFAULT_CLIENT };
