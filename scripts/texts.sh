# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. Every text that lab shows, in English and Chinese, and how it is shown.
#
# A row is KEY|ENGLISH|CHINESE. The texts are printf formats: %s are the arguments of say, in order, the same in both languages.

lab_texts() {
    cat <<'EOF'
usage.head|What a page load really did on the wire.|网页加载时，网络上究竟发生了什么。
usage.line|Usage: ./lab COMMAND [ARGUMENTS]|用法：./lab 命令 [参数]
usage.demo|demo [--all] [--tls]       one command from nothing to an annotated capture of a page load|demo [--all] [--tls]       一条命令：从零开始，得到一次网页加载的带注释抓包
usage.open|open FILE                  open a capture in Wireshark with the profile Lab|open FILE                  用 Wireshark 和 Lab 配置打开抓包文件
usage.report|report FILE [FORMAT]       what happened in a capture: text, md, html, json, har or csv; also of a part of it|report FILE [FORMAT]       抓包中发生的事：text、md、html、json、har 或 csv；也可以只要一部分
usage.homework|homework FILE [FORMAT]     a laboratory report on your capture, to be filled in (--solution: filled in)|homework FILE [FORMAT]     根据你的抓包生成待填写的实验报告（--solution：附解答）
usage.answers|answers FILE               a sheet about your capture with blanks to be filled in (--page N, --connection N)|answers FILE               生成关于你的抓包、留有空格的答题纸（--page N、--connection N）
usage.check|check FILE ANSWERS         what was filled in: right, wrong (with the frames), open or undecided (--hint: where to look)|check FILE ANSWERS         检查答案：正确、错误（给出帧）、未填或无法判断（--hint：只提示看哪里）
usage.grade|grade RUBRIC FOLDER        grade a class's captures, with a page for each student (--output FOLDER, --gradescope, --jobs N)|grade RUBRIC FOLDER        给全班的抓包评分，每人一页（--output 文件夹、--gradescope、--jobs N）
usage.quiz|quiz FILE                  questions about a capture (--seed N, --questions N, --format text, html or gift, --output FILE)|quiz FILE                  关于抓包的测验题（--seed N、--questions N、--format text、html 或 gift、--output 文件）
usage.explain|explain [WORD]             short explanations of what students look up: psh, time-wait, rst-not-fin ...|explain [WORD]             常见问题的简短解释：psh、time-wait、rst-not-fin 等
usage.annotate|annotate IN OUT            put what Lab says into a capture, as comments that any Wireshark shows|annotate IN OUT            把 Lab 的说明作为注释写入抓包文件，任何 Wireshark 都能显示
usage.serve|serve [OPTIONS]            run the web server with the student page (options: ./lab serve --help)|serve [OPTIONS]            运行带学生主页的网页服务器（选项见 ./lab serve --help）
usage.install|install [--system]         install plugin, interface, server and profile for you, or for everybody|install [--system]         安装插件、抓包接口、服务器和配置（默认只为当前用户，--system 为所有用户）
usage.uninstall|uninstall [--system]       remove exactly what install put there|uninstall [--system]       只删除 install 安装的文件
usage.build|build                      install what a build needs, and build|build                      安装编译所需的软件包并编译
usage.test|test [--quick] [--long]    build and run the tests; those that take less than a minute, or the long ones as well|test [--quick] [--long]    编译并运行测试；--quick 只运行一分钟之内的，--long 还包括耗时长的
usage.package|package [source]           make packages (.deb) for the installed Wireshark, or archives of the source|package [source]           为已安装的 Wireshark 制作软件包（.deb），或制作源码归档
usage.foot|./lab COMMAND --help says more of one. Exit codes: 0 fine, 1 the work failed, 2 used wrongly or something must be done first.|./lab 命令 --help 显示该命令的说明。退出码：0 正常，1 执行失败，2 用法错误或需要先做别的事。
help.usage|Usage:|用法：
help.demo|Starts the web server and a visitor, captures what they say, and shows the handshake, an exchange, the close, what went wrong, and a summary.\n--all shows every packet and the whole report. The capture is %s.\n--tls does it over HTTPS, and shows what is seen with the keys that the capture holds and without them.|启动网页服务器和一个访问者，抓取两者的通信，并显示握手、一次交换、关闭、异常以及小结。\n--all 显示全部数据包和完整报告。抓包文件是 %s。\n--tls 改用 HTTPS，并对比有密钥（抓包文件自带）与无密钥时所见。
help.open|Opens a capture of any program (pcap, pcapng) in Wireshark, with the plugin and the profile Lab.|用 Wireshark 打开任何程序的抓包文件（pcap、pcapng），并使用 Lab 插件和 Lab 配置。
help.report|FORMAT: text (default), md, html, json, har, csv, csv-exchanges, csv-pages, csv-anomalies.\nA part: --server HOST[:PORT], --page N, --connection N, --filter DISPLAY-FILTER. Also --language en or zh, --output FILE, --open (as HTML, in the browser).|格式：text（默认）、md、html、json、har、csv、csv-exchanges、csv-pages、csv-anomalies。\n只要一部分：--server HOST[:PORT]、--page N、--connection N、--filter 显示过滤器。另有 --language en or zh、--output 文件、--open（在浏览器中打开 HTML）。
help.homework|Writes a laboratory report on your own capture: tables are filled in, explanations are left to you; --solution fills them in.\nFORMAT: md (Markdown, default), html (to print or to read in a browser), text. Also --language en or zh, --output FILE.|根据你自己的抓包写出实验报告：表格已填好，说明留给你写；--solution 附上解答。\n格式：md（Markdown，默认）、html（可打印或用浏览器阅读）、text。另有 --language en 或 zh、--output 文件。
help.answers|Writes to standard output: ./lab answers FILE > answers.txt. Fill in what stands behind each "=", then ./lab check FILE answers.txt.\nAlso --language en or zh, --output FILE.|写到标准输出：./lab answers FILE > answers.txt。填写每个“=”之后的内容，再运行 ./lab check FILE answers.txt。\n另有 --language en 或 zh、--output 文件。
help.check|Exit code 0: nothing is wrong; 1: something is; 2: the sheet or the capture cannot be read.\nAlso --language en or zh. Statements: docs/class.md.|退出码 0：没有错误；1：有错误；2：无法读取答题纸或抓包。\n另有 --language en 或 zh。陈述的写法见 docs/class.zh-CN.md。
help.grade|FOLDER has a folder for each student, or a capture each. Written are grades.csv, results.json, index.html and students/. Started again, it goes on where it was.\nRubrics to begin with: share/rubrics. Also --language en or zh. More: docs/class.md.|FOLDER 中每个学生一个文件夹，或每人一个抓包文件。写出 grades.csv、results.json、index.html 和 students/。再次运行时接着上次继续。\n评分标准示例：share/rubrics。另有 --language en 或 zh。详见 docs/class.zh-CN.md。
help.quiz|The same seed gives the same quiz. gift is for Moodle. Open the capture with the profile "Lab quiz", which leaves out the columns that answer.\nAlso --language en or zh.|同一种子得到同一套题。gift 用于 Moodle。请用配置文件“Lab quiz”打开抓包，其中没有直接给出答案的列。\n另有 --language en 或 zh。
help.explain|Without a word: the list. With one: its explanation, or all whose title has it. Each names the section of the RFC.|不带词：列出全部。带词：给出解释，或标题含有该词的全部解释。每条都注明 RFC 的章节。
help.annotate|OUT is IN with the sentence, role and states of every TCP frame as the comment of the frame (column frame.comment), and the report as the comment of the file.\n--remove IN OUT takes exactly these comments out again. Also --language en or zh.|OUT 是在 IN 的每个 TCP 帧上加了说明、角色和状态的注释（列 frame.comment），并把报告作为文件注释。\n--remove IN OUT 只把这些注释再去掉。另有 --language en 或 zh。
help.serve|Runs the server until Ctrl+C. ./lab build and then ./lab serve --help list its options.|运行服务器，直到按下 Ctrl+C。先运行 ./lab build，再用 ./lab serve --help 查看选项。
help.install|Without --system: below your home folder, for you. With --system, as root: for every user. --with-wireshark installs Wireshark itself too, if it is missing.\nWhat must be done before Wireshark may capture is said at the end.|不带 --system：安装到您的主目录，只供您使用。带 --system（以 root 运行）：供所有用户使用。--with-wireshark：缺少 Wireshark 时一并安装。\n最后会说明让 Wireshark 能够抓包还需要做什么。
help.uninstall|Removes the files that ./lab install wrote, and no others. A profile that you changed stays.|删除 ./lab install 写入的文件，不动其他文件。您修改过的配置会保留。
help.build|Installs the packages that a build needs, and builds for the installed Wireshark below build/.|安装编译所需的软件包，并在 build/ 下为已安装的 Wireshark 编译。
help.test|The tests, in parallel where they are independent: about four minutes on two cores. --quick: those that take less than a minute.\n--long: clang-tidy, the server under valgrind and the packages besides. What is skipped is named with its reason.|运行测试，互不影响的测试同时运行：双核约四分钟。--quick：只运行一分钟之内的测试。\n--long：另外运行 clang-tidy、valgrind 下的服务器测试以及软件包测试。跳过的测试会列出原因。
help.package|Makes lab-wireshark, lab-server and lab-tools in build/package, and checks them with lintian if it is installed.\nsource: the source, and an archive that is unpacked in the source of Wireshark to be built with it.|在 build/package 中制作 lab-wireshark、lab-server 和 lab-tools；装有 lintian 时用它检查。\nsource：制作源码归档，以及在 Wireshark 源码目录中解开、随之编译的归档。
bad.command|lab: there is no command "%s". Run ./lab to see the commands.|lab：没有命令“%s”。运行 ./lab 查看所有命令。
installed.only|lab: "%s" is for the source of Lab, and this is an installed Lab. Use the source, or the system's packages (apt-get).|lab：“%s”用于 Lab 的源码目录，而这里的 Lab 已经安装。请使用源码目录，或系统的软件包（apt-get）。
bad.argument|lab %s: "%s" is not understood here. Run ./lab to see how it is used.|lab %s：此处不认识“%s”。运行 ./lab 查看用法。
bad.format|lab report: there is no format "%s". Use text, md, html, json, har, csv, csv-exchanges, csv-pages or csv-anomalies.|lab report：没有格式“%s”。请用 text、md、html、json、har、csv、csv-exchanges、csv-pages 或 csv-anomalies。
bad.homeworkformat|lab homework: there is no format "%s". Use md, html or text.|lab homework：没有格式“%s”。请用 md、html 或 text。
bad.language|lab %s: there is no language "%s". Use en or zh.|lab %s：没有语言“%s”。请用 en 或 zh。
bad.page|lab report: "%s" is no number of a page load. Name one from 1, as the report lists them.|lab report：“%s”不是页面加载的序号。请给出报告中所列的、从 1 起的序号。
bad.connection|lab report: "%s" is no number of a connection. Name one from 0, as tcp.stream has it.|lab report：“%s”不是连接编号。请给出与 tcp.stream 相同的、从 0 起的编号。
bad.server|lab report: "%s" is no server. Name an address or a host, for example --server www.example.com:80.|lab report：“%s”不是服务器。请给出地址或主机名，例如 --server www.example.com:80。
open.nobrowser|lab report: there is no xdg-open to open the report with. Leave --open out and name a file with --output.|lab report：没有可用来打开报告的 xdg-open。请去掉 --open，用 --output 指定文件。
report.unwritten|lab report: cannot write the file "%s". Name another one with --output.|lab report：无法写入文件“%s”。请用 --output 指定另一个文件。
need.value|lab: %s needs a value after it.|lab：%s 之后需要一个值。
class.none|lab: labclass was not built, because jansson is missing. Install it (libjansson-dev) and start ./lab again.|lab：没有编译 labclass，因为缺少 jansson。请安装它（libjansson-dev），然后重新运行 ./lab。
annotate.files|lab annotate: name the capture and the file to write: ./lab annotate IN OUT, or ./lab annotate --remove IN OUT|lab annotate：请给出抓包文件和要写出的文件：./lab annotate IN OUT，或 ./lab annotate --remove IN OUT
need.file|lab %s: name a capture file, for example the one of ./lab demo: ./lab %s %s|lab %s：请给出抓包文件，例如 ./lab demo 所抓的：./lab %s %s
no.file|lab: cannot read the file "%s". Check the name and your right to read it.|lab：无法读取文件“%s”。请检查文件名和读取权限。
not.writable|lab: cannot write in %s. Give it to your user (sudo chown -R %s), or work in a clone of your own.|lab：无法写入 %s。请把它交给当前用户（sudo chown -R %s），或使用自己的克隆。
packages.will|Installing the packages that are missing, and what they depend on: %s|将安装缺少的软件包及其依赖：%s
packages.wait|This can take a few minutes; details are written to %s|可能需要几分钟；详细输出写入 %s
packages.done|The packages are installed.|软件包已安装。
packages.preseed|Members of the group wireshark will be allowed to capture (Debian's question wireshark-common/install-setuid: yes).|wireshark 组的成员将可以抓包（Debian 的问题 wireshark-common/install-setuid：是）。
packages.failed|lab: the packages could not be installed: %s (details: %s)|lab：软件包安装失败：%s（详细输出：%s）
packages.nonetwork|lab: these packages are missing and cannot be fetched, because there is no network: %s. Connect, and start ./lab again (details: %s).|lab：缺少以下软件包，而没有网络，无法下载：%s。请连接网络后重新运行 ./lab（详细输出：%s）。
packages.norights|lab: only an administrator can install packages. Run this, or ask for it, and start ./lab again:|lab：只有管理员才能安装软件包。请运行（或请管理员运行）下面的命令，然后重新运行 ./lab：
packages.manual|lab: these packages are missing, and lab does not install with %s by itself. Run this and start ./lab again:|lab：缺少以下软件包，而 lab 不会自己使用 %s 安装。请运行下面的命令，然后重新运行 ./lab：
packages.unknown|lab: no package manager that lab knows was found. Install these (Debian's names) and start ./lab again:|lab：没有找到 lab 认识的包管理器。请安装以下软件包（Debian 名称），然后重新运行 ./lab：
packages.without|lab: %s could not be installed (see %s); the tests that need it are skipped.|lab：无法安装 %s（见 %s）；需要它的测试将被跳过。
packages.wireshark|lab: Wireshark itself is not installed. Run: sudo apt-get install wireshark|lab：还没有安装 Wireshark 本身。请运行：sudo apt-get install wireshark
packages.still|lab: still missing after the installation: %s. Is another version of it first in PATH or PKG_CONFIG_PATH?|lab：安装之后仍然缺少：%s。PATH 或 PKG_CONFIG_PATH 里是否有别的版本排在前面？
package.start|Building the packages %s, which takes a minute or two (details in %s) ...|正在制作软件包 %s，需要一两分钟（详细输出见 %s）……
package.done|The packages:|软件包：
package.install|Install them: sudo apt-get install %s/*.deb|安装：sudo apt-get install %s/*.deb
package.lintian|lintian finds nothing to complain about.|lintian 没有发现问题。
package.faults|lab: lintian found faults in the packages, see above.|lab：lintian 在软件包中发现问题，见上。
package.nodebian|lab: packages are made on Debian and its relatives, and there is no dpkg here. Install with: cmake --install build/release|lab：软件包只能在 Debian 及其衍生系统上制作，这里没有 dpkg。请用 cmake --install build/release 安装。
package.sources|The source:|源码：
package.insource|In the source of Wireshark: tar -xzf %s, then build Wireshark as always.|在 Wireshark 源码目录中：tar -xzf %s，然后照常编译 Wireshark。
build.start|Building in %s (about a minute the first time) ...|正在 %s 中编译（第一次约一分钟）……
build.changed|Wireshark or this folder has changed since the last build: building anew.|上次编译之后 Wireshark 或本目录已改变：重新编译。
build.done|Built for Wireshark %s.|已为 Wireshark %s 编译完成。
build.failed|lab: the build failed. The last lines of %s:|lab：编译失败。%s 的最后几行：
wireshark.old|lab: Wireshark %s is too old; 4.0 or later is needed.|lab：Wireshark %s 版本太旧；需要 4.0 或更高版本。
wireshark.none|lab: tshark was not found or does not start. Is Wireshark installed and in PATH?|lab：找不到或无法启动 tshark。Wireshark 是否已安装并在 PATH 中？
demo.capture|Capturing on the interface "lab": the web server on port %s, and curl as its visitor ...|正在接口“lab”上抓包：网页服务器使用端口 %s，curl 作为访问者……
demo.nextport|Port %s is taken; trying the next one.|端口 %s 已被占用；尝试下一个。
demo.direct|You may not capture with Wireshark here (not in the group wireshark): the interface writes the capture itself, in a network of its own.|当前用户不能用 Wireshark 抓包（不在 wireshark 组）：由接口在自己的网络中直接写出抓包。
capture.group|To capture in Wireshark yourself: sudo usermod -aG wireshark %s, then log in again.|若要自己在 Wireshark 中抓包：sudo usermod -aG wireshark %s，然后重新登录。
capture.ask|To capture in Wireshark yourself, ask an administrator for: usermod -aG wireshark %s. Then log in again.|若要自己在 Wireshark 中抓包，请管理员运行：usermod -aG wireshark %s，然后重新登录。
capture.login|To capture in Wireshark yourself: log in again (you are in the group wireshark since then only).|若要自己在 Wireshark 中抓包：请重新登录（您加入 wireshark 组之后还没有重新登录）。
capture.lab|In Wireshark the interface "Lab web server" works for you; other interfaces need: sudo dpkg-reconfigure wireshark-common (answer yes), then sudo usermod -aG wireshark %s, then log in again.|在 Wireshark 中您可以使用接口“Lab 网页服务器”；其他接口需要：sudo dpkg-reconfigure wireshark-common（回答“是”），再运行 sudo usermod -aG wireshark %s，然后重新登录。
demo.noport|lab: no free TCP port among %s. Stop one of the programs that listen there.|lab：以下 TCP 端口都被占用：%s。请停止占用其中某个端口的程序。
demo.nocapture|lab: nothing was captured. What the programs said:|lab：没有抓到任何内容。各程序的输出：
demo.noclient|lab: the visitor did not get through its programme. What it said:|lab：访问者没有完成预定步骤。它的输出：
demo.tlstable|The frames with payload. Where the keys make a difference, both are shown:|带有数据的帧。密钥使内容不同时，两种都显示：
demo.tlswith|with keys:   |有密钥：
demo.tlswithout|without keys:|无密钥：
demo.tlsleft|... %d more frames; ./lab demo --tls --all shows every one ...|…… 另有 %d 帧；./lab demo --tls --all 显示全部 ……
demo.tlsfiles|The capture, which holds the keys of the server's sessions: %s\nThe same without them, as an eavesdropper has it: %s|抓包文件（含服务器会话的密钥）：%s\n不含密钥的同一抓包（窃听者所见）：%s
demo.tlsopen|Open it in Wireshark: %s|用 Wireshark 打开：%s
step.tlspage|the page, over HTTPS|通过 HTTPS 取得页面
step.tlslogo|its logo, on the same connection|在同一连接上取得其徽标
demo.visitor|What the visitor did and saw:|访问者做了什么、看到什么：
demo.step|  - %s: %s|  - %s：%s
step.page|the student page|学生主页
step.logo|its logo, same connection|页面标志（同一连接）
step.audio|a part of its audio, same connection|音频的一部分（同一连接）
step.revisit|second visit: the page|第二次访问：主页
step.relogo|second visit: the logo|第二次访问：标志
step.last|a page that the server closes after|服务器随后关闭连接的页面
step.closed|a port where nobody listens|无人监听的端口
step.aborted|a response that the server aborts|被服务器中止的响应
result.status|status %s, %s bytes|状态码 %s，%s 字节
result.refused|connection refused|连接被拒绝
result.reset|connection reset after %s bytes|收到 %s 字节后连接被复位
demo.packets|The packets, with the Lab columns (%s frames; client = the visitor):|数据包与 Lab 各列（共 %s 帧；client 是访问者）：
demo.some|The packets to look at first (%s frames in all; client = the visitor; ./lab demo --all shows every one):|值得先看的数据包（共 %s 帧；client 是访问者；./lab demo --all 显示全部）：
demo.groups|The handshake;One exchange;The close;What went wrong|握手;一次交换;关闭;异常
demo.summary|In short (./lab report %s says more):|小结（./lab report %s 有更多内容）：
demo.columns|No.;Time;From;Len;Strm;Phase;Role;Client state;Server state;HTTP #|序号;时间;发送方;长度;连接;阶段;角色;客户端状态;服务器状态;HTTP #
demo.left|... %s more of the same kind, frames %s to %s ...|…… 另有 %s 个同类帧，第 %s 至 %s 帧 ……
demo.report|The report:|报告：
demo.filters|Display filters to try, and the frames that they show:|可以试用的显示过滤器，以及它们显示的帧：
demo.missing|lab: the capture does not show what it should: no frame for %s|lab：抓包没有显示应有的内容：没有帧符合 %s
demo.none|none|无
demo.file|The capture: %s|抓包文件：%s
demo.open|Open it in Wireshark: %s|用 Wireshark 打开：%s
demo.openroot|For Wireshark: ./lab install --system, which is for every user; then %s|用 Wireshark 打开：先运行 ./lab install --system（供所有用户使用），然后运行 %s
demo.again|./lab install puts the interface "Lab web server" into the start page of your Wireshark.|./lab install 会把接口“Lab 网页服务器”加入您的 Wireshark 起始页。
install.rootless|lab: as root Wireshark ignores what is installed for a user. Run ./lab %s --system (for every user), or ./lab %s as an ordinary user.|lab：以 root 身份运行时，Wireshark 会忽略为单个用户安装的内容。请运行 ./lab %s --system（供所有用户使用），或以普通用户运行 ./lab %s。
demo.openinstall|Open it in Wireshark, which is installed then if it is missing: %s|用 Wireshark 打开（若缺少 Wireshark，会先安装）：%s
demo.installed|In Wireshark, choose the profile Lab (Ctrl+Shift+A) and double-click "Lab web server" to capture your own visit.|在 Wireshark 中选择配置 Lab（Ctrl+Shift+A），双击“Lab 网页服务器”，即可抓取自己的访问。
install.norights|lab: --system needs an administrator. Run: sudo ./lab %s --system|lab：--system 需要管理员权限。请运行：sudo ./lab %s --system
install.version|lab: the plugin was built for Wireshark %s, but %s is installed, and a plugin loads only in the version it was built for. Install the wireshark-dev of %s and run ./lab build.|lab：插件是为 Wireshark %s 编译的，而已安装的是 %s；插件只能在对应版本中加载。请安装 %s 的 wireshark-dev，然后运行 ./lab build。
install.file|  %s|  %s
install.done|Installed for Wireshark %s:|已为 Wireshark %s 安装：
install.kept|You had changed the profile Lab: your version is kept as the profile "%s".|您修改过 Lab 配置：您的版本已保留为配置“%s”。
install.next|Start Wireshark, choose the profile Lab (Ctrl+Shift+A) and double-click "Lab web server".|启动 Wireshark，选择配置 Lab（Ctrl+Shift+A），然后双击“Lab 网页服务器”。
install.path|To start the server by its name, labserver, put %s in your PATH; ./lab serve works as well.|若要用名字 labserver 启动服务器，请把 %s 加入 PATH；也可以使用 ./lab serve。
install.nowireshark|Wireshark itself is not installed yet. Run: %s|还没有安装 Wireshark 本身。请运行：%s
install.ask|Wireshark itself is not installed. Install it now? [Y/n] |还没有安装 Wireshark 本身。现在安装吗？[Y/n] 
install.two|Note: the plugin is also installed in %s. With both, Wireshark reports an error and may load the older one. Remove that one: %s|注意：%s 中也装有插件。两个同时存在时，Wireshark 会报错，并可能加载旧的那个。请删除它：%s
install.failed|lab: could not write %s|lab：无法写入 %s
uninstall.none|lab: nothing is installed here (there is no %s).|lab：此处没有安装任何内容（没有 %s）。
uninstall.done|Removed:|已删除：
uninstall.changed|Left alone, because you changed it: %s|您修改过，因此保留：%s
open.nodisplay|lab: there is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set).|lab：没有可用的图形界面（DISPLAY 和 WAYLAND_DISPLAY 均未设置）。
open.root|lab: as root Wireshark loads only what is installed for everybody. Run ./lab open as an ordinary user, or ./lab install --system first.|lab：以 root 身份运行时，Wireshark 只加载为所有用户安装的内容。请以普通用户运行 ./lab open，或先运行 ./lab install --system。
open.uninstalled|Opening with the plugin of this folder; ./lab install makes it permanent.|使用本目录中的插件打开；运行 ./lab install 可永久安装。
report.failed|lab: the report could not be made. tshark said:|lab：无法生成报告。tshark 的输出：
capture.none|lab: "%s" is no capture that Wireshark can read. Name a pcap or pcapng file.|lab：“%s”不是 Wireshark 能读取的抓包文件。请给出 pcap 或 pcapng 文件。
capture.zero|lab: "%s" is empty: it has no bytes. Capture again, or name another file.|lab：“%s”是空文件（0 字节）。请重新抓包，或给出别的文件。
capture.nopackets|lab: "%s" is a capture without packets. Capture again, or name another file.|lab：“%s”中没有数据包。请重新抓包，或给出别的文件。
capture.folder|lab: "%s" is a folder. Name the capture in it.|lab：“%s”是文件夹。请给出其中的抓包文件。
capture.cut|lab: note: "%s" was cut off in the middle of a packet. All packets before that were read.|lab：注意：“%s”在某个数据包中间被截断。此前的数据包都已读取。
capture.damaged|lab: note: "%s" is damaged behind frame %s. The packets up to there were read; the rest is not known.|lab：注意：“%s”在第 %s 帧之后已损坏。到该帧为止的数据包已读取，其余内容未知。
test.start|Running the tests, %s at a time: about %s on a machine that does nothing else (details in %s) ...|正在运行测试，同时运行 %s 个；在空闲的机器上大约需要 %s（详细输出见 %s）……
test.minutes|%s minutes|%s 分钟
test.again|These need a machine that is not busy; again, one at a time: %s|以下测试受机器繁忙影响；逐个重新运行：%s
test.skipped|Skipped, with the reason:|跳过的测试及原因：
test.skip|  %s: %s|  %s：%s
test.noskip|Nothing was skipped.|没有跳过任何测试。
test.passed|The tests passed; ./lab test --long runs clang-tidy, valgrind and the packages besides.|测试通过；./lab test --long 另外运行 clang-tidy、valgrind 和软件包测试。
test.passed.long|All tests passed.|全部测试通过。
test.passed.quick|The quick tests passed; ./lab test runs all of them.|快速测试通过；./lab test 运行全部测试。
test.failed|lab: tests failed. See above and %s|lab：有测试失败。请看上面的输出和 %s
EOF
}

# lab_language: zh or en, from the locale as other programs read it.
lab_language() {
    case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    zh*) echo zh ;;
    *) echo en ;;
    esac
}

# text KEY: the format of KEY in the chosen language. An unknown key is a fault of the script, shown as itself.
text() {
    lab_texts | (
        while IFS='|' read -r key en zh; do
            [ "$key" = "$1" ] || continue
            if [ "$LAB_LANG" = zh ]; then printf '%s' "$zh"; else printf '%s' "$en"; fi
            exit 0
        done
        printf '%s' "$1"
    )
}

# say KEY [ARGUMENT...]: to standard output; warn: to standard error; die CODE KEY: warn and end.
say() {
    format=$(text "$1")
    shift
    # shellcheck disable=SC2059 # the table holds formats
    printf "$format\n" "$@" | shown_as_called
}

# text_of KEY [ARGUMENT...]: the same without the end of the line, for a part of another text.
text_of() { printf '%s' "$(say "$@")"; }

warn() { say "$@" >&2; }

die() {
    code=$1
    shift
    warn "$@"
    exit "$code"
}
