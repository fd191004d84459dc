# SPDX-License-Identifier: GPL-2.0-or-later
# lab_room(NAME FOLDER folder BELOW room... [LINK target...] [EXCEPT file...]): a room, as an object library NAME of the C files in
# FOLDER, but for those in EXCEPT.
#
# Its files find the headers of their own folder and of the rooms in BELOW, and no others: an include that the order of the
# rooms forbids does not compile. BELOW lists all rooms that it may know, not only the nearest. LINK names libraries outside.
# Each room writes what the test `rooms` reads: its folder, the rooms below, and its objects.
function(lab_room name)
  cmake_parse_arguments(room "" "FOLDER" "BELOW;LINK;EXCEPT" ${ARGN})
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${room_FOLDER})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.c)
  foreach(file ${room_EXCEPT})
    list(REMOVE_ITEM sources ${folder}/${file})
  endforeach()
  add_library(${name} OBJECT ${sources})
  target_include_directories(${name} PRIVATE ${folder})
  foreach(below ${room_BELOW})
    get_target_property(below_folder ${below} LAB_ROOM_FOLDER)
    target_include_directories(${name} PRIVATE ${below_folder})
  endforeach()
  target_link_libraries(${name} PRIVATE PkgConfig::GLIB ${room_LINK})
  set_target_properties(${name} PROPERTIES LAB_ROOM_FOLDER ${folder} POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
  lab_warnings(${name})
  set_property(GLOBAL APPEND PROPERTY LAB_ROOMS ${name})
  string(JOIN " " below_names ${room_BELOW})
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/rooms/${name}.txt
       CONTENT "${folder}\n${below_names}\n$<JOIN:$<TARGET_OBJECTS:${name}>,\n>\n")
endfunction()

# lab_room_objects(TARGET room...): the objects of the rooms become part of TARGET.
function(lab_room_objects target)
  foreach(name ${ARGN})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${name}>)
  endforeach()
endfunction()

# lab_link_time(TARGET [LINK]): the objects of TARGET may be optimised when the plugin is linked, over the borders of files: a
# twentieth of its instructions are calls between small functions. They hold ordinary code as well, and other programs are linked from that (-fno-lto), as fast as
# ever. LINK: TARGET is what is linked so.
function(lab_link_time target)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU" OR CMAKE_BUILD_TYPE STREQUAL "Debug" OR LAB_SANITIZE OR LAB_COVERAGE)
    return()
  endif()
  target_compile_options(${target} PRIVATE -flto=auto -ffat-lto-objects -fno-plt)
  if("LINK" IN_LIST ARGN)
    target_link_options(${target} PRIVATE -flto=auto)
    set_target_properties(${target} PROPERTIES LAB_LINK_TIME ON)
  endif()
endfunction()
