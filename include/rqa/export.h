/**
 * @file rqa/export.h
 * @brief Symbol visibility. Nothing here is needed by a caller.
 */
#ifndef RQA_EXPORT_H
#define RQA_EXPORT_H

#if defined(_WIN32) && !defined(_WIN64)
#error "librqa is for 64-bit Windows, which has one calling convention for functions and callbacks"
#endif

#if defined(_WIN32) && !defined(RQA_STATIC)
#ifdef RQA_BUILDING
#define RQA_API __declspec(dllexport) /**< Marks an exported function. */
#else
#define RQA_API __declspec(dllimport) /**< Marks an exported function. */
#endif
#elif defined(__GNUC__)
#define RQA_API __attribute__((visibility("default"))) /**< Marks an exported function. */
#else
#define RQA_API /**< Marks an exported function. */
#endif

#endif
