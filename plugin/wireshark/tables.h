/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tables.h - the tables of Statistics > Lab: connections, exchanges, page loads, resets, anomalies. */
#ifndef LAB_TABLES_H
#define LAB_TABLES_H

/* Registers the tables; in tshark they are -z lab_connections,table and so on. */
void lab_tables_register(void);

#endif
