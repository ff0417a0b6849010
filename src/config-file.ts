/** The user's configuration, in the workspace. */
export const CONFIG_FILE = 'breakwater.yaml';
