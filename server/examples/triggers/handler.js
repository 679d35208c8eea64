// Three triggers of a user pool, as they would be deployed to Lambda.

// Refuses one domain, and confirms another without a code.
exports.preSignUp = async (event) => {
  const email = event.request.userAttributes.email ?? "";
  if (email.endsWith("@refused.example")) {
    throw new Error("This domain is not welcome");
  }
  if (email.endsWith("@trusted.example")) {
    event.response.autoConfirmUser = true;
    event.response.autoVerifyEmail = true;
  }
  return event;
};

// Puts the mail into other words; {####} stands for the code, wherever codeParameter is put.
exports.customMessage = async (event) => {
  event.response.emailSubject = `Welcome, ${event.userName}`;
  event.response.emailMessage = `Your code is ${event.request.codeParameter}.`;
  return event;
};

// Is told of every user who was confirmed, with what the client said about it.
exports.postConfirmation = async (event) => {
  console.log(`${event.userName} is confirmed`, event.request.clientMetadata ?? {});
  return event;
};
