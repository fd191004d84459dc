/* A folder to begin one's own page with. */
#ifndef LABSERVER_STARTER_H
#define LABSERVER_STARTER_H

/* Copies our own page with its config to FOLDER, which is made; one that has something in it is left alone.
 * The exit code: 0, or 1 with the reason on standard error. */
int starter_write(const char *folder);

#endif
