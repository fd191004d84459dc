/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flow_graph.h - the flow type "Lab" of Statistics > Flow Graph, and tshark's -z flow,lab. */
#ifndef LAB_FLOW_GRAPH_H
#define LAB_FLOW_GRAPH_H

/* In the routine that registers the protocol `proto`. Does nothing where this Wireshark keeps flow graphs in
 * another form. */
void lab_flow_graph_register(int proto);

#endif
