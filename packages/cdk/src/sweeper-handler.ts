export { handler } from "@longhaul/core/sweeper";
