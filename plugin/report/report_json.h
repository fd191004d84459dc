/* report_json.h - parts of the JSON report that are written apart from json_report.c. */
#ifndef LAB_REPORT_JSON_H
#define LAB_REPORT_JSON_H

#include "json_write.h"

/* The members request, interim and response of an exchange. */
void lab_json_heads(json_dumper *j, const lab_exchange_t *exchange);
/* The member timing of an exchange. */
void lab_json_timing(json_dumper *j, const lab_engine_t *engine, const lab_exchange_t *exchange);
/* The members messages (kinds of messages) and servers (connections and ports). */
void lab_json_kinds(json_dumper *j, const lab_report_t *report);
/* The member meanings: of every method, status code and header field that the capture holds, each once and in
 * every language, so that the report does not depend on it. */
void lab_json_meanings(json_dumper *j, const lab_report_t *report);

#endif
