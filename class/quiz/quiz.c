/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef int lab_quiz_t;
