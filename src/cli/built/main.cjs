#!/usr/bin/env node
'use strict';

// What `rolescope` starts. A module of CommonJS: Node is ready for one sooner than for an ECMAScript module, and gives it no code that was compiled before.
require('./load-compiled.cjs').start();
