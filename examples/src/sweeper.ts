// The whole sweeper, for a bundler that takes only files. It reads LONGHAUL_RUN_TABLE and LONGHAUL_RESUME_AFTER_MS.
export { handler } from "@longhaul/core/sweeper";
