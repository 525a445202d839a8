// Written by contracts/tools/abi.mjs from contracts/src/Escrow.sol.
export const escrowAbi = [
  {
    "type": "function",
    "name": "available",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint88"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "beginClose",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claim",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "number",
        "type": "uint32"
      },
      {
        "name": "leaf",
        "type": "tuple",
        "components": [
          {
            "name": "account",
            "type": "address"
          },
          {
            "name": "amount",
            "type": "uint88"
          },
          {
            "name": "earned",
            "type": "uint88"
          },
          {
            "name": "index",
            "type": "uint32"
          }
        ]
      },
      {
        "name": "proof",
        "type": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimMany",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "number",
        "type": "uint32"
      },
      {
        "name": "leaves",
        "type": "tuple[]",
        "components": [
          {
            "name": "account",
            "type": "address"
          },
          {
            "name": "amount",
            "type": "uint88"
          },
          {
            "name": "earned",
            "type": "uint88"
          },
          {
            "name": "index",
            "type": "uint32"
          }
        ]
      },
      {
        "name": "proofs",
        "type": "bytes[]"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "close",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "eip712Domain",
    "inputs": [],
    "outputs": [
      {
        "name": "fields",
        "type": "bytes1"
      },
      {
        "name": "name",
        "type": "string"
      },
      {
        "name": "version",
        "type": "string"
      },
      {
        "name": "chainId",
        "type": "uint256"
      },
      {
        "name": "verifyingContract",
        "type": "address"
      },
      {
        "name": "salt",
        "type": "bytes32"
      },
      {
        "name": "extensions",
        "type": "uint256[]"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "epoch",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "number",
        "type": "uint32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "components": [
          {
            "name": "root",
            "type": "bytes32"
          },
          {
            "name": "total",
            "type": "uint88"
          },
          {
            "name": "claimed",
            "type": "uint88"
          },
          {
            "name": "finalAt",
            "type": "uint40"
          },
          {
            "name": "seq",
            "type": "uint24"
          },
          {
            "name": "depth",
            "type": "uint8"
          },
          {
            "name": "flags",
            "type": "uint8"
          }
        ]
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "hashLeaf",
    "inputs": [
      {
        "name": "leaf",
        "type": "tuple",
        "components": [
          {
            "name": "account",
            "type": "address"
          },
          {
            "name": "amount",
            "type": "uint88"
          },
          {
            "name": "earned",
            "type": "uint88"
          },
          {
            "name": "index",
            "type": "uint32"
          }
        ]
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "pure"
  },
  {
    "type": "function",
    "name": "hashNode",
    "inputs": [
      {
        "name": "hashL",
        "type": "bytes32"
      },
      {
        "name": "sumL",
        "type": "uint256"
      },
      {
        "name": "hashR",
        "type": "bytes32"
      },
      {
        "name": "sumR",
        "type": "uint256"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "pure"
  },
  {
    "type": "function",
    "name": "hashStatement",
    "inputs": [
      {
        "name": "statement",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint32"
          },
          {
            "name": "seq",
            "type": "uint24"
          },
          {
            "name": "last",
            "type": "bool"
          },
          {
            "name": "depth",
            "type": "uint8"
          },
          {
            "name": "total",
            "type": "uint88"
          },
          {
            "name": "units",
            "type": "uint64"
          },
          {
            "name": "root",
            "type": "bytes32"
          },
          {
            "name": "dataHash",
            "type": "bytes32"
          }
        ]
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "isClaimed",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "number",
        "type": "uint32"
      },
      {
        "name": "index",
        "type": "uint32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "job",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint88"
          },
          {
            "name": "state",
            "type": "uint8"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "bond",
            "type": "uint88"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "committed",
            "type": "uint88"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "epochs",
            "type": "uint32"
          },
          {
            "name": "closeAt",
            "type": "uint40"
          },
          {
            "name": "finalBy",
            "type": "uint40"
          },
          {
            "name": "day",
            "type": "uint24"
          },
          {
            "name": "dayPosted",
            "type": "uint88"
          },
          {
            "name": "repaid",
            "type": "uint88"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint64"
              },
              {
                "name": "postDelay",
                "type": "uint32"
              },
              {
                "name": "challengeDelay",
                "type": "uint32"
              },
              {
                "name": "closeDelay",
                "type": "uint32"
              },
              {
                "name": "settlerCap",
                "type": "uint88"
              },
              {
                "name": "postReserve",
                "type": "uint88"
              },
              {
                "name": "postBounty",
                "type": "uint88"
              },
              {
                "name": "quorumBps",
                "type": "uint16"
              },
              {
                "name": "minSigners",
                "type": "uint8"
              },
              {
                "name": "forceDelay",
                "type": "uint32"
              },
              {
                "name": "forceCap",
                "type": "uint88"
              }
            ]
          }
        ]
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "open",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint88"
          },
          {
            "name": "bond",
            "type": "uint88"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "terms",
        "type": "tuple",
        "components": [
          {
            "name": "expiry",
            "type": "uint64"
          },
          {
            "name": "postDelay",
            "type": "uint32"
          },
          {
            "name": "challengeDelay",
            "type": "uint32"
          },
          {
            "name": "closeDelay",
            "type": "uint32"
          },
          {
            "name": "settlerCap",
            "type": "uint88"
          },
          {
            "name": "postReserve",
            "type": "uint88"
          },
          {
            "name": "postBounty",
            "type": "uint88"
          },
          {
            "name": "quorumBps",
            "type": "uint16"
          },
          {
            "name": "minSigners",
            "type": "uint8"
          },
          {
            "name": "forceDelay",
            "type": "uint32"
          },
          {
            "name": "forceCap",
            "type": "uint88"
          }
        ]
      },
      {
        "name": "contact",
        "type": "bytes"
      }
    ],
    "outputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ],
    "stateMutability": "payable"
  },
  {
    "type": "function",
    "name": "post",
    "inputs": [
      {
        "name": "statement",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint32"
          },
          {
            "name": "seq",
            "type": "uint24"
          },
          {
            "name": "last",
            "type": "bool"
          },
          {
            "name": "depth",
            "type": "uint8"
          },
          {
            "name": "total",
            "type": "uint88"
          },
          {
            "name": "units",
            "type": "uint64"
          },
          {
            "name": "root",
            "type": "bytes32"
          },
          {
            "name": "dataHash",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "event",
    "name": "Claimed",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint32",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "index",
        "type": "uint32",
        "indexed": false
      },
      {
        "name": "amount",
        "type": "uint88",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "EIP712DomainChanged",
    "inputs": [],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "EpochPosted",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint32",
        "indexed": true
      },
      {
        "name": "statement",
        "type": "tuple",
        "indexed": false,
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint32"
          },
          {
            "name": "seq",
            "type": "uint24"
          },
          {
            "name": "last",
            "type": "bool"
          },
          {
            "name": "depth",
            "type": "uint8"
          },
          {
            "name": "total",
            "type": "uint88"
          },
          {
            "name": "units",
            "type": "uint64"
          },
          {
            "name": "root",
            "type": "bytes32"
          },
          {
            "name": "dataHash",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "finalAt",
        "type": "uint40",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "JobClosed",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "refund",
        "type": "uint88",
        "indexed": false
      },
      {
        "name": "bond",
        "type": "uint88",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "JobClosing",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "closeAt",
        "type": "uint40",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "JobOpened",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "publisher",
        "type": "address",
        "indexed": true
      },
      {
        "name": "opening",
        "type": "tuple",
        "indexed": false,
        "components": [
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint88"
          },
          {
            "name": "bond",
            "type": "uint88"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "terms",
        "type": "tuple",
        "indexed": false,
        "components": [
          {
            "name": "expiry",
            "type": "uint64"
          },
          {
            "name": "postDelay",
            "type": "uint32"
          },
          {
            "name": "challengeDelay",
            "type": "uint32"
          },
          {
            "name": "closeDelay",
            "type": "uint32"
          },
          {
            "name": "settlerCap",
            "type": "uint88"
          },
          {
            "name": "postReserve",
            "type": "uint88"
          },
          {
            "name": "postBounty",
            "type": "uint88"
          },
          {
            "name": "quorumBps",
            "type": "uint16"
          },
          {
            "name": "minSigners",
            "type": "uint8"
          },
          {
            "name": "forceDelay",
            "type": "uint32"
          },
          {
            "name": "forceCap",
            "type": "uint88"
          }
        ]
      },
      {
        "name": "contact",
        "type": "bytes",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "PostRepaid",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint32",
        "indexed": true
      },
      {
        "name": "poster",
        "type": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint88",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "error",
    "name": "AlreadyClaimed",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "epoch",
        "type": "uint32"
      },
      {
        "name": "index",
        "type": "uint32"
      }
    ]
  },
  {
    "type": "error",
    "name": "AlreadyFinal",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "epoch",
        "type": "uint32"
      },
      {
        "name": "finalAt",
        "type": "uint40"
      }
    ]
  },
  {
    "type": "error",
    "name": "BadTerms",
    "inputs": [
      {
        "name": "field",
        "type": "string"
      },
      {
        "name": "value",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "FailedCall",
    "inputs": []
  },
  {
    "type": "error",
    "name": "FormerEpochPending",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "epoch",
        "type": "uint32"
      },
      {
        "name": "finalAt",
        "type": "uint40"
      }
    ]
  },
  {
    "type": "error",
    "name": "IndexOutside",
    "inputs": [
      {
        "name": "index",
        "type": "uint32"
      },
      {
        "name": "depth",
        "type": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "InsufficientBalance",
    "inputs": [
      {
        "name": "balance",
        "type": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "InvalidShortString",
    "inputs": []
  },
  {
    "type": "error",
    "name": "JobExists",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotExpired",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "expiry",
        "type": "uint64"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotFinal",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "epoch",
        "type": "uint32"
      },
      {
        "name": "finalAt",
        "type": "uint40"
      }
    ]
  },
  {
    "type": "error",
    "name": "NotInTree",
    "inputs": [
      {
        "name": "root",
        "type": "bytes32"
      },
      {
        "name": "total",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OverBudget",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "added",
        "type": "uint88"
      },
      {
        "name": "available",
        "type": "uint88"
      }
    ]
  },
  {
    "type": "error",
    "name": "OverSettlerCap",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "posted",
        "type": "uint88"
      },
      {
        "name": "cap",
        "type": "uint88"
      }
    ]
  },
  {
    "type": "error",
    "name": "SafeERC20FailedOperation",
    "inputs": [
      {
        "name": "token",
        "type": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "StaleSeq",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "epoch",
        "type": "uint32"
      },
      {
        "name": "seq",
        "type": "uint24"
      },
      {
        "name": "posted",
        "type": "uint24"
      }
    ]
  },
  {
    "type": "error",
    "name": "StringTooLong",
    "inputs": [
      {
        "name": "str",
        "type": "string"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooDeep",
    "inputs": [
      {
        "name": "depth",
        "type": "uint8"
      },
      {
        "name": "limit",
        "type": "uint8"
      }
    ]
  },
  {
    "type": "error",
    "name": "TooEarly",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "due",
        "type": "uint40"
      }
    ]
  },
  {
    "type": "error",
    "name": "TotalFell",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "epoch",
        "type": "uint32"
      },
      {
        "name": "total",
        "type": "uint88"
      },
      {
        "name": "posted",
        "type": "uint88"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongDeposit",
    "inputs": [
      {
        "name": "received",
        "type": "uint256"
      },
      {
        "name": "expected",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongEpoch",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "epoch",
        "type": "uint32"
      },
      {
        "name": "next",
        "type": "uint32"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongLength",
    "inputs": [
      {
        "name": "length",
        "type": "uint256"
      },
      {
        "name": "expected",
        "type": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongSigner",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "settler",
        "type": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "WrongState",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "state",
        "type": "uint8"
      }
    ]
  }
] as const
