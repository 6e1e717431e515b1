/* export_folder.h - a folder of arrays that appears under its name only when it is complete. */
#ifndef EXPORT_FOLDER_H
#define EXPORT_FOLDER_H

typedef struct export_folder {
    char *path, *partial; /* partial: where it is made; NULL once it is in place */
    int force;
} export_folder;

/* CLI_OK, or CLI_BAD_INPUT with a line: exists (without force), is no export, cannot be made. */
int export_folder_open(export_folder *folder, const char *path, int force);

/* Moves it into place. CLI_OK or a code with a line. */
int export_folder_commit(export_folder *folder);

/* Removes what was written, unless it was committed, and frees. */
void export_folder_close(export_folder *folder);

#endif
