#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables that a report on a capture asks for, through tshark: explained heads, one exchange, one connection, the kinds of
messages and the ports. The capture is written here packet by packet; what is expected was worked out from it by hand."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import har
import wire

HERE = pathlib.Path(__file__).resolve().parent
TSHARK_LAB = HERE.parent / "tools" / "tshark-lab"
USED_WRONGLY = 2
PAGE, SHOP = "14.119.104.189", "203.0.113.7"

# A request and its response as a student's report lists them.
REQUEST = ["GET /favicon.ico HTTP/1.1", "Host: csee.hnu.edu.cn", "Connection: keep-alive", "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
           "Accept: image/avif,image/webp,image/apng,image/svg+xml,image/*;q=0.8", "Referer: http://csee.hnu.edu.cn/",
           "Accept-Encoding: gzip, deflate", "Accept-Language: zh-CN,zh;q=0.9"]
RESPONSE = ["HTTP/1.1 200 OK", "Date: Thu, 12 Oct 2023 05:23:46 GMT", "Server: *****", "X-Frame-Options: SAMEORIGIN", "Cache-Control: no-store",
            "Pragma: no-cache", "Expires: Thu, 01 Jan 1970 00:00:00 GMT", "Content-Type: image/gif;charset=UTF-8", "Content-Length: 0",
            "Set-Cookie: JSESSIONID=B3F69D46; Path=/; HttpOnly", "Keep-Alive: timeout=5, max=99", "Connection: Keep-Alive",
            "Content-Language: zh-CN"]
REQUEST_LENGTH = sum(len(line) + 2 for line in REQUEST) + 2
RESPONSE_LENGTH = sum(len(line) + 2 for line in RESPONSE) + 2
# Frames 12 to 16, each line with its CRLF: PUT 83, 100 Continue 36, the body 3, 299 107, BREW 34.
SHOP_LENGTH = 83 + 36 + 3 + 107 + 34


def write_capture(path):
    c = wire.Capture()
    c.dns("csee.hnu.edu.cn", PAGE)                                                                                       # 1, 2
    page = wire.Connection(c, 52008, PAGE)
    page.open()                                                                                                          # 3 to 5
    page.say(0, *REQUEST)                                                                                                # 6
    page.say(1, *RESPONSE)                                                                                               # 7
    page.send(0, wire.ACK)                                                                                               # 8
    shop = wire.Connection(c, 52032, SHOP, 14000, (4294967295, 0))
    shop.open()                                                                                                          # 9 to 11
    shop.say(0, "PUT /a HTTP/1.0", "host: shop", "Expect: 100-continue", "Content-Length: 3", "X-Ours: 1")               # 12
    shop.say(1, "HTTP/1.1 100 Continue", "Server: s")                                                                    # 13
    shop.send(0, wire.PSH | wire.ACK, b"abc")                                                                            # 14
    shop.say(1, "HTTP/1.1 299 Fine \x1b[31m", b"X-Bytes: \xff", "Vary: Cookie,", "\t Accept", "Host: x", "no colon here",
             "Content-Length: 0")                                                                                        # 15
    shop.say(0, "BREW /pot HTTP/1.1", "Host: shop")                                                                      # 16
    shop.close()                                                                                                         # 17 to 20
    last = wire.Connection(c, 52009, PAGE)
    last.open()                                                                                                          # 21 to 23
    c.write(path)


class Told(unittest.TestCase):
    """What tshark says of the capture at `path`."""

    def tshark(self, *words, language="en", passes=1, status=0):
        command = [TSHARK_LAB, "-r", self.path, "-o", f"lab.language:{language}", *(["-2"] if passes == 2 else []), *words]
        run = subprocess.run([str(word) for word in command], capture_output=True, env=dict(os.environ, LAB_BUILD=self.build))
        errors = run.stderr.decode()
        self.assertEqual(run.returncode, status, errors)
        return errors if status else run.stdout.decode()

    def statistic(self, name, **more):
        return self.tshark("-q", "-z", f"lab,{name}", **more)

    def fields(self, frame, *names, **more):
        words = [word for name in names for word in ("-e", name)]
        text = self.tshark("-T", "fields", "-E", "aggregator=|", "-Y", f"frame.number=={frame}", *words, **more)
        text = text.replace("\\\\", "\\")  # 4.4 and later write a backslash twice
        return [part.split("|") for part in text.rstrip("\n").split("\t")]

    @staticmethod
    def rows(text):
        return [re.split(r" {2,}", line.strip()) for line in text.splitlines()]


class Tables(Told):
    # ---- under the frame ----

    def test_every_field_of_a_head_in_order(self):
        for passes in (1, 2):
            self.assertEqual(self.fields(6, "lab.http.header", "lab.http.version", passes=passes), [REQUEST[1:], ["HTTP/1.1"]])
            self.assertEqual(self.fields(7, "lab.http.header", "lab.http.phrase", passes=passes), [RESPONSE[1:], ["OK"]])

    def test_every_field_has_a_meaning(self):
        for language, host, cookie in (("en", "Names the host", "Makes the browser store a cookie"), ("zh", "指明请求发往的主机名", "让浏览器保存一个 Cookie")):
            request, = self.fields(6, "lab.http.header.meaning", language=language)
            self.assertEqual(len(request), 7)
            self.assertTrue(request[0].startswith(host), request)
            response, = self.fields(7, "lab.http.header.meaning", language=language)
            self.assertEqual(len(response), 12)
            self.assertTrue(response[8].startswith(cookie), response)

    def test_direction_decides(self):
        request, = self.fields(6, "lab.http.header.meaning")
        response, = self.fields(7, "lab.http.header.meaning")
        self.assertTrue(request[1].startswith("Says what the client wants for this connection"), request)
        self.assertTrue(response[10].startswith("Says what the server does with this connection"), response)

    def test_what_is_odd(self):
        names = self.fields(15, "lab.http.header")[0]  # the line end of the folded line became two blanks; a tab is \\x09
        self.assertEqual(names[1:], ["Vary: Cookie,  \\x09 Accept", "Host: x", "no colon here", "Content-Length: 0"])
        meanings, = self.fields(15, "lab.http.header.meaning")
        self.assertEqual(meanings[0], "Unknown: not in Lab's list of header fields")
        self.assertEqual(meanings[2:4], ["Has no meaning in a response: a field of requests", "No header field: the line has no colon"])
        self.assertEqual(self.fields(12, "lab.http.header.meaning", language="zh")[0][3], "未知：不在 Lab 的首部字段表中")

    def test_only_frames_with_a_head_have_fields(self):
        frames = self.tshark("-T", "fields", "-Y", "lab.http.header", "-e", "frame.number").split()
        self.assertEqual(frames, "6 7 12 13 15 16".split())

    def test_methods_and_codes_in_the_tree(self):
        tree = self.tshark("-O", "lab", "-Y", "frame.number in {7,15,16}", language="zh")
        for text in ("方法: GET（请求读取该资源", "状态码: 200（请求成功", "状态码: 299（未知的 2xx 类状态码", "方法: BREW（未知", "响应首部，12 个字段", "请求首部，1 个字段"):
            self.assertIn(text, tree)

    # ---- tables 1.1 and 1.2 ----

    def test_an_exchange_as_the_student_lists_it(self):
        for language, words in (("en", ("Method: GET (", "Version: HTTP/1.1", "URL: /favicon.ico", "Status code: 200 (", "Phrase: OK", "Field  ", "Meaning")),
                                ("zh", ("方法：GET（", "版本：HTTP/1.1", "URL：/favicon.ico", "状态码：200（", "短语：OK", "首部字段名", "含义", "表 1.1", "表 1.2"))):
            text = self.statistic("exchange,1", language=language)
            for word in words:
                self.assertIn(word, text)
            rows = [row[:2] for row in self.rows(text)]
            listed = [row for row in rows if f"{row[0]}: {row[-1]}" in REQUEST + RESPONSE]
            self.assertEqual([": ".join(row) for row in listed], REQUEST[1:] + RESPONSE[1:])

    def test_where_the_time_of_an_exchange_went(self):
        # a millisecond from frame to frame: look-up 1, 2; handshake 3 to 5; request 6; response 7. Between them the queue.
        for language, title in (("en", "Where the time went"), ("zh", "时间花在哪里")):
            text = self.statistic("exchange,1", language=language)
            rows = [row[:2] for row in self.rows(text[text.index(title):])[2:]]
            self.assertEqual(rows, [["queue", "2.00 ms"], ["dns", "1.00 ms"], ["connect", "2.00 ms"], ["tls", "-"], ["send", "0 µs"],
                                    ["wait", "1.00 ms"], ["receive", "0 µs"], ["sum", "6.00 ms"]])
        self.assertEqual(json.loads(self.statistic("exchange,1,json"))["timing"]["sum"], 0.006)
        later = self.rows(self.statistic("exchange,3"))  # of a connection that was free
        self.assertIn(["queue", "-", "when the client wanted to ask shows in no packet"], later)

    def test_interim_responses_and_what_is_missing(self):
        text = self.statistic("exchange,2")
        self.assertEqual(text.count("Table 1.2"), 2)
        self.assertLess(text.index("Status code: 100 ("), text.index("Status code: 299 (Unknown code of the class 2xx"))
        self.assertIn("Version: HTTP/1.0", text)
        self.assertIn("Phrase: Fine \\x1b[31m", text)  # nothing that a terminal obeys
        unanswered = self.statistic("exchange,3")
        self.assertIn("Method: BREW (Unknown: not in Lab's list of methods)", unanswered)
        self.assertIn("The head of a response is not in the capture", unanswered)
        self.assertNotIn("Table 1.2", unanswered)

    def test_an_exchange_as_json(self):
        found = json.loads(self.statistic("exchange,2,json", language="zh"))
        self.assertEqual((found["method"], found["status"], found["request"]["version"]), ("PUT", 299, "HTTP/1.0"))
        self.assertEqual([(h["status"], h["phrase"], h["frame"]) for h in found["interim"]], [(100, "Continue", 13)])
        self.assertEqual([h["name"] for h in found["request"]["headers"]], ["host", "Expect", "Content-Length", "X-Ours"])
        self.assertTrue(all(re.search("[一-鿿]", h["meaning"]) for h in found["request"]["headers"]))
        self.assertEqual(found["response"]["headers"][3]["name"], None)

    # ---- table 1.3 ----

    def test_a_connection_with_raw_and_relative_numbers(self):
        end, told = 1 + REQUEST_LENGTH, 1 + RESPONSE_LENGTH
        expected = [
            "58508 53 → 1 DNS - - - - - -".split(), "58508 53 ← 2 DNS - - - - - -".split(),
            "52008 80 → 3 TCP SYN 0 1054854793 - - 0".split(),
            ["52008", "80", "←", "4", "TCP", "SYN, ACK", "0", "374943798", "1", "1054854794", "0"],
            "52008 80 → 5 TCP ACK 1 1054854794 1 374943799 0".split(),
            ["52008", "80", "→", "6", "HTTP", "PSH, ACK", "1", "1054854794", "1", "374943799", str(REQUEST_LENGTH)],
            ["52008", "80", "←", "7", "HTTP", "PSH, ACK", "1", "374943799", str(end), str(1054854793 + end), str(RESPONSE_LENGTH)],
            ["52008", "80", "→", "8", "TCP", "ACK", str(end), str(1054854793 + end), str(told), str(374943798 + told), "0"]]
        for language, dns, opened in (("en", "Name lookup", "Handshake step 1"), ("zh", "域名解析", "三次握手第 1 步")):
            lines = self.rows(self.statistic("connection,0", language=language))[2:]
            self.assertEqual([line[:11] for line in lines], expected)
            self.assertTrue(lines[0][11].startswith(dns), lines[0])
            self.assertIn(opened[-3:], lines[2][11])

    def test_numbers_that_wrap_and_the_close(self):
        found = json.loads(self.statistic("connection,1,json"))
        self.assertEqual((found["client"]["port"], found["server"]), (52032, {"address": SHOP, "port": 14000}))
        segments = found["segments"]
        self.assertEqual([s["frame"] for s in segments], list(range(9, 21)))
        self.assertEqual((segments[0]["seq"], segments[0]["seq_raw"], segments[0]["ack"]), (0, 4294967295, None))
        self.assertEqual((segments[2]["seq"], segments[2]["seq_raw"], segments[2]["flags"]), (1, 0, "ACK"))
        self.assertEqual([(s["sender"], s["flags"]) for s in segments[-4:]],
                         [("server", "FIN, ACK"), ("client", "ACK"), ("client", "FIN, ACK"), ("server", "ACK")])
        self.assertEqual([s["type"] for s in segments], ["TCP"] * 3 + ["HTTP"] * 5 + ["TCP"] * 4)

    def test_what_wireshark_says_of_the_numbers(self):
        for stream in (0, 1, 2):
            names = ("frame.number", "tcp.seq", "tcp.seq_raw", "tcp.ack", "tcp.ack_raw", "tcp.len")
            text = self.tshark("-T", "fields", "-Y", f"tcp.stream=={stream}", *(w for n in names for w in ("-e", n)))
            theirs = [[int(value) for value in line.split("\t")] for line in text.splitlines()]
            segments = json.loads(self.statistic(f"connection,{stream},json"))["segments"]
            ours = [[s["frame"], s["seq"], s["seq_raw"], s["ack"] or 0, s["ack_raw"] or 0, s["length"]]
                    for s in segments if s["type"] != "DNS"]
            self.assertEqual(ours, theirs)

    # ---- kinds of messages, connections, ports ----

    def test_the_questions_in_the_text(self):
        for passes in (1, 2):
            text = self.statistic("report", passes=passes)
            self.assertIn("protocols, by frames: Ethernet (23), IPv4 (23), UDP (2), DNS (2), TCP (21)", text)
            self.assertIn("HTTP requests: BREW (1), GET (1), PUT (1)\n", text)
            self.assertIn("HTTP responses: 100 Continue (1), 200 OK (1), 299 (1)\n", text)
            # name, address, port, protocol, connections, exchanges, bytes, anomalies, client ports
            self.assertIn(["csee.hnu.edu.cn", PAGE, "80", "HTTP", "2", "1", str(REQUEST_LENGTH + RESPONSE_LENGTH), "0", "52008, 52009"], self.rows(text))
            self.assertIn(["shop", SHOP, "14000", "HTTP", "1", "2", str(SHOP_LENGTH), "0", "52032"], self.rows(text))
        chinese = self.statistic("report", language="zh")
        for word in ("报文种类", "协议（按帧数）：Ethernet (23)", "HTTP 请求：BREW (1)", "HTTP 响应：100 Continue (1)", "连接与端口", "客户端端口"):
            self.assertIn(word, chinese)

    def test_the_questions_in_json(self):
        found = json.loads(self.statistic("report,json"))
        protocols = {p["name"]: p["frames"] for p in found["messages"]["protocols"]}
        self.assertEqual((protocols["TCP"], protocols["DNS"]), (21, 2))
        self.assertNotIn("Lab", protocols)
        self.assertEqual(found["messages"]["http_requests"], [{"method": m, "count": 1} for m in ("BREW", "GET", "PUT")])
        self.assertEqual([k["status"] for k in found["messages"]["http_responses"]], [100, 200, 299])
        self.assertEqual(found["servers"], [
            {"address": PAGE, "port": 80, "connections": 2, "exchanges": 1, "bytes": REQUEST_LENGTH + RESPONSE_LENGTH, "anomalies": 0,
             "names": ["csee.hnu.edu.cn"], "protocols": ["HTTP"], "client_ports": [52008, 52009]},
            {"address": SHOP, "port": 14000, "connections": 1, "exchanges": 2, "bytes": SHOP_LENGTH, "anomalies": 0,
             "names": ["shop"], "protocols": ["HTTP"], "client_ports": [52032]}])
        first = found["exchanges"][0]
        self.assertEqual([f'{h["name"]}: {h["value"]}' for h in first["response"]["headers"]], RESPONSE[1:])
        self.assertEqual((first["response"]["phrase"], first["interim"], found["exchanges"][2]["response"]), ("OK", [], None))
        meanings = found["meanings"]
        self.assertEqual(sorted(meanings["methods"]), ["BREW", "GET", "PUT"])
        self.assertTrue(meanings["request_headers"]["host"]["en"].startswith("Names the host"))
        self.assertTrue(meanings["statuses"]["299"]["zh"].startswith("未知的 2xx 类状态码"))
        self.assertNotEqual(meanings["request_headers"]["connection"], meanings["response_headers"]["connection"])

    # ---- for viewers of HAR ----

    def test_har_has_what_its_specification_demands(self):
        log = json.loads(self.statistic("report,har"))
        self.assertEqual(har.check(log), [])
        self.assertEqual(log["log"]["creator"]["name"], "Lab")
        self.assertEqual(len(log["log"]["entries"]), 3)

    def test_har_of_the_first_exchange(self):
        # a millisecond from frame to frame: look-up 1, 2; handshake 3 to 5; request 6; response 7. Between them the queue.
        entry = json.loads(self.statistic("report,har"))["log"]["entries"][0]
        self.assertEqual((entry["startedDateTime"], entry["time"]), ("2023-11-14T22:13:20.000000Z", 6))
        self.assertEqual(entry["timings"], {"blocked": 2, "dns": 1, "connect": 2, "ssl": -1, "send": 0, "wait": 1, "receive": 0})
        self.assertEqual((entry["request"]["url"], entry["serverIPAddress"], entry["connection"]), ("http://csee.hnu.edu.cn/favicon.ico", PAGE, "0"))
        self.assertEqual([f'{h["name"]}: {h["value"]}' for h in entry["response"]["headers"]], RESPONSE[1:])
        self.assertEqual((entry["response"]["content"], entry["response"]["bodySize"]), ({"size": 0, "mimeType": "image/gif;charset=UTF-8"}, 0))
        unanswered = json.loads(self.statistic("report,har"))["log"]["entries"][2]
        self.assertEqual((unanswered["response"]["status"], unanswered["response"]["bodySize"]), (0, -1))

    # ---- used wrongly ----

    def test_a_number_that_is_none_or_out_of_range(self):
        for argument, words in (("exchange,4", ("exchange 4", "1 to 3")), ("exchange,0", ("exchange 0", "1 to 3")), ("exchange", ("lab,exchange,1",)),
                                ("exchange,one", ('"one"', "lab,exchange,1")), ("exchange,1x", ('"1x"',)), ("exchange,-1", ('"-1"',)),
                                ("exchange,4294967296", ('"4294967296"',)), ("connection,3", ("connection 3", "0 to 2")),
                                ("connection,", ("lab,connection,0",)), ("connection,0,yaml", ('"yaml"', "text, md or json"))):
            errors = self.statistic(argument, status=USED_WRONGLY)
            for word in words:
                self.assertIn(word, errors)
        self.assertIn("没有 HTTP 交换 4：此抓包中有 1 到 3", self.statistic("exchange,4", language="zh", status=USED_WRONGLY))
        self.assertIn("没有连接 3", self.statistic("connection,3", language="zh", status=USED_WRONGLY))

    def test_a_capture_without_any(self):
        empty = os.path.join(self.work.name, "empty.pcap")
        wire.Capture().write(empty)
        kept, Tables.path = self.path, empty
        try:
            self.assertIn("this capture has none", self.statistic("exchange,1", status=USED_WRONGLY))
            self.assertIn("this capture has none", self.statistic("connection,0", status=USED_WRONGLY))
            self.assertEqual(json.loads(self.statistic("report,json"))["servers"], [])
        finally:
            Tables.path = kept

    def test_a_file_is_written(self):
        file = os.path.join(self.work.name, "out", "exchange.json")
        os.makedirs(os.path.dirname(file))
        os.chmod(os.path.dirname(file), 0o777)
        self.assertEqual(self.statistic(f"exchange,1,json,{file}"), "")
        with open(file, encoding="utf-8") as written:
            self.assertEqual(json.load(written)["target"], "/favicon.ico")


def write_clock(path):
    """The clock is set back by ten seconds in each of two exchanges, and before the answer to the SYN of the second connection."""
    c = wire.Capture()
    page = wire.Connection(c, 52008, PAGE)
    page.open()                                                             # 1 to 3
    page.say(0, "GET / HTTP/1.1", "Host: h")                                # 4
    c.later(-10)
    page.say(1, "HTTP/1.1 200 OK", "Keep-Alive: timeout=5", "Content-Length: 5", "Content-Type: text/html", body=b"hel")  # 5
    c.later(-10)
    page.send(1, wire.PSH | wire.ACK, b"lo")                                # 6
    c.later(-10)
    page.close()                                                            # 7 to 10
    other = wire.Connection(c, 52009, PAGE)
    other.send(0, wire.SYN)                                                 # 11
    c.later(-10)
    other.send(1, wire.SYN | wire.ACK)                                      # 12
    other.send(0, wire.ACK)                                                 # 13
    c.write(path)


def write_trailers(path):
    """A chunked request and a chunked response, each with fields after its body, the latter in a segment of its own."""
    c = wire.Capture()
    page = wire.Connection(c, 52008, PAGE)
    page.open()                                                                                                        # 1 to 3
    page.say(0, "PUT /a HTTP/1.1", "Host: h", "Transfer-Encoding: chunked", body=b"1\r\na\r\n0\r\nContent-MD5: q\r\n\r\n")  # 4
    page.say(1, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Trailer: Server-Timing, X-Ours", body=b"2\r\nhi\r\n")         # 5
    page.send(1, wire.PSH | wire.ACK, b"0\r\nServer-Timing: db;dur=5\r\nX-Ours: \x1b[31m\r\n\r\n")                         # 6
    page.close()
    c.write(path)


# What a request line and its fields say together: the method, the target, what else; then URL, cookies and size of the body of the request.
ODD = [
    (("GET", "/go?to=http://other/&x=%41", "Host: h:8080", "Cookie: a=1; b=\"x y\";c = 2 ;; d"), "http://h:8080/go?to=http://other/&x=%41",
     [("a", "1"), ("b", '"x y"'), ("c ", " 2"), ("d", "")], 0),
    (("OPTIONS", "*", "Host: h"), "http://h", [], 0),
    (("GET", "http://other/abs?q", "Host: h"), "http://other/abs?q", [], 0),
    (("CONNECT", "other:443", "Host: h"), "http://other:443", [], 0),
    (("POST", "/no-host", "Content-Length: 3"), f"http://{PAGE}:80/no-host", [], 3),
    (("POST", "/chunks", "Host: h", "Transfer-Encoding: chunked"), "http://h/chunks", [], -1),
]


def write_odd(path):
    """Requests whose URL is not simply Host and target. CONNECT is refused, or nothing could follow it."""
    c = wire.Capture()
    page = wire.Connection(c, 52008, PAGE)
    page.open()
    bodies = {"/no-host": b"abc", "/chunks": b"3\r\nabc\r\n0\r\n\r\n"}
    for (method, target, *fields), _, _, _ in ODD:
        page.say(0, f"{method} {target} HTTP/1.1", *fields, body=bodies.get(target, b""))
        page.say(1, "HTTP/1.1 405 No", "Set-Cookie: s=t; Path=/; HttpOnly", "set-cookie: u", "no colon", "Content-Length: 0")
    page.close()
    c.write(path)


class Odd(Told):
    def test_what_a_request_names_in_har(self):
        log = json.loads(self.statistic("report,har"))
        self.assertEqual(har.check(log), [])
        for entry, (_, url, cookies, body) in zip(log["log"]["entries"], ODD, strict=True):
            request, response = entry["request"], entry["response"]
            self.assertEqual((request["url"], request["bodySize"]), (url, body))
            self.assertEqual([(cookie["name"], cookie["value"]) for cookie in request["cookies"]], cookies)
            self.assertEqual([(cookie["name"], cookie["value"]) for cookie in response["cookies"]], [("s", "t"), ("u", "")])
        self.assertEqual(log["log"]["entries"][0]["request"]["queryString"], [{"name": "to", "value": "http://other/"}, {"name": "x", "value": "%41"}])


class Trailers(Told):
    def test_they_are_listed_marked_and_explained(self):
        for language, mark, meaning in (("en", " (trailer)", "Unknown: not in Lab's"), ("zh", "（尾部）", "未知：不在 Lab 的")):
            rows = self.rows(self.statistic("exchange,1", language=language))
            self.assertEqual([row[:2] for row in rows if mark in row[0]],
                             [[f"Content-MD5{mark}", "q"], [f"Server-Timing{mark}", "db;dur=5"], [f"X-Ours{mark}", "\\x1b[31m"]])
            ours, = [row for row in rows if row[0].startswith("X-Ours")]
            self.assertTrue(ours[2].startswith(meaning), ours)

    def test_in_json(self):
        found = json.loads(self.statistic("exchange,1,json"))
        self.assertEqual([h["name"] for h in found["request"]["headers"]], ["Host", "Transfer-Encoding"])
        self.assertEqual([(h["name"], h["value"]) for h in found["request"]["trailers"]], [("Content-MD5", "q")])
        self.assertEqual([h["name"] for h in found["response"]["trailers"]], ["Server-Timing", "X-Ours"])
        self.assertTrue(all(h["meaning"] for h in found["response"]["trailers"]))
        report = json.loads(self.statistic("report,json"))
        self.assertEqual(report["messages"]["http_responses"], [{"status": 200, "count": 1}])
        self.assertEqual([h["name"] for h in report["exchanges"][0]["response"]["trailers"]], ["Server-Timing", "X-Ours"])
        self.assertEqual(report["exchanges"][0]["interim"], [])
        self.assertIn("server-timing", report["meanings"]["response_headers"])

    def test_under_the_frame(self):
        self.assertEqual(self.fields(4, "lab.http.header", "lab.http.trailer"), [["Host: h", "Transfer-Encoding: chunked"], ["Content-MD5: q"]])
        self.assertEqual(self.fields(6, "lab.http.trailer", "lab.http.status")[0][0], "Server-Timing: db;dur=5")
        tree = self.tshark("-O", "lab", "-Y", "frame.number==6")
        self.assertIn("Trailer of the response, 2 fields after its body", tree)


def write_split(path):
    """A handshake in which the server's ACK and SYN come apart (RFC 9293 3.5): at its SYN Wireshark begins stream 1. Another
    connection follows, which is Wireshark's stream 2."""
    c = wire.Capture()
    page = wire.Connection(c, 52008, PAGE)
    page.send(0, wire.SYN)                                                  # 1
    page.send(1, wire.ACK)                                                  # 2
    page.send(1, wire.SYN)                                                  # 3
    page.next[0] -= 1
    page.send(0, wire.SYN | wire.ACK)                                       # 4
    page.send(1, wire.ACK)                                                  # 5
    page.say(0, "GET /a HTTP/1.1", "Host: h")                               # 6
    page.say(1, "HTTP/1.1 200 OK", "Content-Length: 0")                     # 7
    other = wire.Connection(c, 52009, PAGE)
    other.open()                                                            # 8 to 10
    c.write(path)


class Split(Told):
    def test_wireshark_counts_a_stream_more(self):
        streams = self.tshark("-T", "fields", "-e", "tcp.stream").split()
        self.assertEqual(streams, ["0"] * 2 + ["1"] * 5 + ["2"] * 3)

    def test_a_connection_has_the_frames_of_all_its_stream_numbers(self):
        for number in (0, 1):
            found = json.loads(self.statistic(f"connection,{number},json"))
            self.assertEqual((found["stream"], [s["frame"] for s in found["segments"]]), (0, [1, 2, 3, 4, 5, 6, 7]))
            rows = self.rows(self.statistic(f"connection,{number}"))
            self.assertEqual([row[3] for row in rows[2:]], list("1234567"))
            self.assertIn("Connection 0:", rows[0][0] + rows[0][-1])

    def test_what_is_listed_can_be_asked_for(self):
        connections = json.loads(self.statistic("report,json"))["connections"]
        self.assertEqual([c["stream"] for c in connections], [0, 2])
        self.assertEqual([s["frame"] for s in json.loads(self.statistic("connection,2,json"))["segments"]], [8, 9, 10])


class Clock(Told):
    def test_no_time_is_less_than_none(self):
        for language, unknown, quality in (("en", "an unknown time", "the capture's clock went back"), ("zh", "未知时长", "抓包的时钟发生倒退")):
            notes = self.tshark("-T", "fields", "-e", "lab.note", language=language)
            report = self.statistic("report", language=language)
            self.assertIn(unknown, notes.splitlines()[4])
            self.assertEqual(report.count(quality), 1)
            self.assertIn(unknown, report)
            for text in (notes, report, self.statistic("exchanges", language=language)):
                self.assertNotRegex(text, r"-\d[\d.]* (µs|ms|s)")

    def test_what_is_not_known_is_null_and_not_judged(self):
        text = self.statistic("report,json")
        self.assertNotRegex(text, r": -\d")
        found = json.loads(text)
        self.assertEqual(found["capture"]["quality"].count("time-backwards"), 1)
        timing = found["exchanges"][0]["timing"]
        self.assertEqual((timing["wait"], timing["receive"], timing["sum"]), (None, None, None))
        self.assertEqual(found["connections"][1]["open"]["time"], None)
        self.assertEqual([k["token"] for k in found["connections"][0]["keepalive"] if "timeout" in k["token"]], [])
        self.assertNotEqual(found["connections"][0]["close"]["reason"], "idle-timeout")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=os.environ.get("LAB_BUILD"), help="build directory (default: $LAB_BUILD)")
    options, rest = parser.parse_known_args()
    if not options.build:
        parser.error("say where the build is: --build DIR or LAB_BUILD")
    Told.build = os.path.abspath(options.build)
    Told.work = tempfile.TemporaryDirectory(prefix="lab-report.")
    os.chmod(Told.work.name, 0o755)
    for case, name, write in ((Tables, "capture.pcap", write_capture), (Clock, "clock.pcap", write_clock),
                              (Trailers, "trailers.pcap", write_trailers), (Split, "split.pcap", write_split), (Odd, "odd.pcap", write_odd)):
        case.path = os.path.join(Told.work.name, name)
        write(case.path)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
