// Written by contracts/tools/abi.mjs from contracts/src/Escrow.sol.
export const eventsAbi = [
  {
    "type": "event",
    "name": "Answered",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "proven",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "isSettled",
        "type": "bool",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "CashedOut",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "to",
        "type": "address",
        "indexed": true
      },
      {
        "name": "token",
        "type": "address",
        "indexed": false
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "fee",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "nonce",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Challenged",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "promised",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "due",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
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
        "type": "uint256",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "index",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ContactGiven",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
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
    "name": "CreditPaid",
    "inputs": [
      {
        "name": "token",
        "type": "address",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Credited",
    "inputs": [
      {
        "name": "token",
        "type": "address",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "EpochForced",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint256",
        "indexed": true
      },
      {
        "name": "forced",
        "type": "tuple",
        "indexed": false,
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "depth",
            "type": "uint256"
          },
          {
            "name": "total",
            "type": "uint256"
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
        "type": "uint256",
        "indexed": false
      }
    ],
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
        "type": "uint256",
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
            "type": "uint256"
          },
          {
            "name": "seq",
            "type": "uint256"
          },
          {
            "name": "last",
            "type": "bool"
          },
          {
            "name": "depth",
            "type": "uint256"
          },
          {
            "name": "total",
            "type": "uint256"
          },
          {
            "name": "units",
            "type": "uint256"
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
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "EpochVetoed",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "epoch",
        "type": "uint256",
        "indexed": true
      },
      {
        "name": "root",
        "type": "bytes32",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "FeedbackGiven",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "from",
        "type": "address",
        "indexed": true
      },
      {
        "name": "weight",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "score",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "evidence",
        "type": "bytes32",
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
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "bond",
        "type": "uint256",
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
        "type": "uint256",
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
            "name": "publisher",
            "type": "address"
          },
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
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "budget",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "JobToppedUp",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "from",
        "type": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint256",
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
        "type": "uint256",
        "indexed": true
      },
      {
        "name": "poster",
        "type": "address",
        "indexed": true
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Resolved",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "account",
        "type": "address",
        "indexed": true
      },
      {
        "name": "compensation",
        "type": "uint256",
        "indexed": false
      },
      {
        "name": "penalty",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "SettlerSet",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32",
        "indexed": true
      },
      {
        "name": "settler",
        "type": "address",
        "indexed": false
      },
      {
        "name": "fromEpoch",
        "type": "uint256",
        "indexed": false
      }
    ],
    "anonymous": false
  }
] as const
