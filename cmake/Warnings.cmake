# SPDX-License-Identifier: GPL-2.0-or-later
# lab_warnings(TARGET): the warnings, sanitizers and instrumentation that all our own code is built with.
function(lab_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
                                           -Wpointer-arith -Wwrite-strings -Wformat=2)
  if(LAB_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(LAB_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=address,undefined)
  endif()
  if(LAB_COVERAGE)
    target_compile_options(${target} PRIVATE --coverage -O0)
    target_link_options(${target} PRIVATE --coverage)
  endif()
endfunction()
