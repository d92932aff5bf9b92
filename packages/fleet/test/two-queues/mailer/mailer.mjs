/** Fails for each message that is received for the first time. */
export const handler = async ({ queueUrl, messageId, body, receiveCount }) => {
  if (receiveCount === 1) throw new Error("not yet");
  console.log(JSON.stringify({ message: "mailed", queue: queueUrl.split("/").at(-1), messageId, body, receiveCount }));
};
