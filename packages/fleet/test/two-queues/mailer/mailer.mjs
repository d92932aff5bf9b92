/** Fails for each message the first time it sees it. */
export const handler = async ({ queueUrl, messageId, body, receiveCount }) => {
  if (receiveCount === 1) throw new Error("not yet");
  console.log(JSON.stringify({ message: "mailed", queue: queueUrl.split("/").at(-1), messageId, body }));
};
