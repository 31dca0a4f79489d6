/** The version of Foretune, recorded in every study. A test holds it equal to package.json's. */
export const version = '0.1.0'
