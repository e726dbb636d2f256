/* The steps that make and change the database's tables; step i leads from user_version i to i + 1. Append only: a step
 * that was released is never edited. Private to sipfront/directory. */
#ifndef SIPFRONT_DIRECTORY_SCHEMA_H
#define SIPFRONT_DIRECTORY_SCHEMA_H

extern const char *const schema_steps[];
extern const int schema_newest; /* how many steps there are */

/* Marks the file as ours: PRAGMA application_id, "CFLW". */
enum { SCHEMA_APPLICATION = 0x43464c57 };

#endif
