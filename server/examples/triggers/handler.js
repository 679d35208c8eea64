// Three triggers of a user pool, in the form in which they are deployed to Lambda.

// Refuses email addresses of one domain, and confirms users of another without a code.
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

// Replaces subject and text of the email. codeParameter is a placeholder for the code.
exports.customMessage = async (event) => {
  event.response.emailSubject = `Welcome, ${event.userName}`;
  event.response.emailMessage = `Your code is ${event.request.codeParameter}.`;
  return event;
};

// Logs every confirmed user, with the ClientMetadata of the call.
exports.postConfirmation = async (event) => {
  console.log(`${event.userName} is confirmed`, event.request.clientMetadata ?? {});
  return event;
};
