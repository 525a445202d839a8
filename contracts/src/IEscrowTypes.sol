// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What the escrow is told, what it keeps, what it reports and why it refuses.
interface IEscrowTypes {
    /// @notice The rules of a job.
    struct Terms {
        uint256 expiry; // from then on anybody may begin the close
        uint256 postDelay; // seconds from an epoch's first post until it is final
        uint256 challengeDelay; // seconds after that in which a broken promise can be challenged, and to answer one
        uint256 closeDelay; // seconds from the beginning of the close in which statements can still be posted
        uint256 settlerCap; // the most that can be posted in one day; zero: no cap
        uint256 postReserve; // the part of the budget that repays posters
        uint256 postBounty; // what one poster gets of it
        uint256 quorumBps; // share of the weight that may replace a silent settler
        uint256 minSigners; // fewest accounts in such a quorum
        uint256 forceDelay; // seconds for which its epoch can be vetoed
        uint256 forceCap; // the most it can ever pay out
    }

    /// @notice A job as it was opened. Its hash is the job's id, so nothing of it can change and none of it is kept:
    /// whoever acts on the job brings it along.
    struct Opening {
        address publisher;
        bytes32 salt; // any number this publisher has not used before
        address token; // zero: the chain's own coin
        uint256 budget; // all that payees and posters can get
        uint256 bond; // comes back at the close
        address settler; // whose signature makes a statement; may be a contract (ERC-1271)
        bytes32 manifest; // the SHA-256 digest in the manifest's CID
        Terms terms;
    }

    /// @notice A job that its publisher has signed for and somebody else opens.
    struct SignedOpening {
        Opening opening;
        bytes contact;
        uint256 deadline; // of this signature and of the draw
        bytes signature; // over OpenJob
        uint256 draw; // of a token: 0 as approved before, 1 by ERC-2612, 2 by ERC-3009 with the job's id as its nonce
        uint8 v; // of the token's own signature
        bytes32 r;
        bytes32 s;
    }

    /// @notice What changes about a job. What every post changes lies together in the third word.
    struct Job {
        uint8 state; // 0: none, 1: open, 2: closing, 3: closed; a closed job still pays the claims of its epochs
        uint88 budget;
        address settler; // of the epochs from `settlerFrom` on
        address token;
        uint88 bond;
        uint88 committed; // the sum of all posted and forced totals
        uint32 epochs; // how many were posted; the next one's number
        uint32 settlerFrom;
        uint40 closeAt; // zero until the close begins
        uint40 finalBy; // when the newest epoch, and with it every posted one, is final
        uint16 window; // the one of the last post, modulo 2^16
        bool isComplete; // the newest epoch was posted as last
        uint88 atWindow; // what was committed when `window` began
        uint88 atFormer; // and when the window before it did
        uint40 changedAt; // when the settler was last given a successor
        uint32 disputes; // open ones
        uint88 forced; // the sum of forced totals that were not vetoed
        uint40 forcedBy; // from then on no forced epoch is pending
        uint16 forcedEpochs; // how many were forced; the next one's number without FORCED
        uint88 repaid; // what posters got of the reserve
        uint24 day; // the last day with a post, in days since 1970
        uint88 dayPosted; // what was posted on that day
    }

    struct Epoch {
        bytes32 root;
        uint88 total;
        uint88 claimed;
        uint40 finalAt; // zero: never posted
        uint24 seq;
        uint8 depth;
        uint8 flags; // bit 0: posted as last; bit 1: its poster was repaid
    }

    /// @notice What every payee has earned in one epoch, as one root. Signed by the settler (EIP-712).
    struct Statement {
        bytes32 jobId;
        uint256 epoch;
        uint256 seq; // a higher one replaces a lower one of the same epoch
        bool last; // nothing will be added to this epoch
        uint256 depth; // of the tree: it has 2^depth places
        uint256 total; // the sum of all amounts
        uint256 units; // verified units of the whole job
        bytes32 root;
        bytes32 dataHash; // the digest of the leaves and verdicts
    }

    /// @notice One payee's place in a statement.
    struct Leaf {
        address account;
        uint256 amount; // earned in this epoch: what a claim pays
        uint256 earned; // earned in the whole job
        uint256 index;
    }

    /// @notice A leaf of a posted epoch. The proof goes from the leaf upward, 44 bytes a level: the sibling's hash,
    /// then its sum in 12 bytes.
    struct ProvenLeaf {
        bytes32 jobId;
        uint256 epoch;
        Leaf leaf;
        bytes proof;
    }

    /// @notice An epoch that payees force in place of a silent settler. Signed by each of them.
    struct Forced {
        bytes32 jobId;
        uint256 epoch; // with the highest bit set
        uint256 depth;
        uint256 total;
        bytes32 root;
        bytes32 dataHash;
    }

    /// @notice The settler's word against a forced epoch.
    struct Veto {
        bytes32 jobId;
        uint256 epoch;
        bytes32 root;
    }

    /// @notice One payee's signature under a forced epoch; its leaf in the latest final epoch is its weight.
    struct Attestation {
        Leaf leaf;
        bytes proof;
        bytes signature;
    }

    /// @notice An account's order to pay what it has earned to an address. Signed by the account.
    struct Cashout {
        address account;
        address to;
        address token;
        uint256 maxFee; // the most that the relayer keeps
        uint256 minOut; // the least that `to` gets
        uint256 nonce; // any number this account has not used before
        uint256 deadline;
    }

    /// @notice A cash-out as a relayer sends it.
    struct CashoutCall {
        Cashout cashout;
        bytes signature;
        uint256 fee;
        ProvenLeaf[] leaves;
    }

    /// @notice A signed promise that is said to be broken. A helper who sends it gets the fee that the account signed.
    struct Challenge {
        Statement statement;
        bytes signature;
        Leaf leaf;
        bytes proof;
        address helper;
        uint256 fee;
        bytes consent; // the account's signature over Help; empty: no fee
    }

    struct Dispute {
        uint88 promised; // the highest `earned` that was challenged
        uint88 proven; // what the answers add up to
        uint40 due; // until then it can be answered; zero: it is over
        uint88 compensated; // paid from the bond
        address helper;
        uint88 fee;
    }

    event JobOpened(bytes32 indexed jobId, address indexed publisher, Opening opening, uint256 budget);
    event ContactGiven(bytes32 indexed jobId, bytes contact);
    event JobToppedUp(bytes32 indexed jobId, address indexed from, uint256 amount);
    event SettlerSet(bytes32 indexed jobId, address settler, uint256 fromEpoch);
    event JobClosing(bytes32 indexed jobId, uint256 closeAt);
    event JobClosed(bytes32 indexed jobId, uint256 refund, uint256 bond);
    event EpochPosted(bytes32 indexed jobId, uint256 indexed epoch, Statement statement, uint256 finalAt);
    event EpochForced(bytes32 indexed jobId, uint256 indexed epoch, Forced forced, uint256 finalAt);
    event EpochVetoed(bytes32 indexed jobId, uint256 indexed epoch, bytes32 root);
    event PostRepaid(bytes32 indexed jobId, uint256 indexed epoch, address indexed poster, uint256 amount);
    event Claimed(bytes32 indexed jobId, uint256 indexed epoch, address indexed account, uint256 index, uint256 amount);
    event Credited(address indexed token, address indexed account, uint256 amount);
    event CreditPaid(address indexed token, address indexed account, uint256 amount);
    event CashedOut(
        address indexed account, address indexed to, address token, uint256 amount, uint256 fee, uint256 nonce
    );
    event Challenged(bytes32 indexed jobId, address indexed account, uint256 promised, uint256 due);
    event Answered(bytes32 indexed jobId, address indexed account, uint256 proven, bool isSettled);
    event Resolved(bytes32 indexed jobId, address indexed account, uint256 compensation, uint256 penalty);
    event FeedbackGiven(
        bytes32 indexed jobId,
        address indexed account,
        address indexed from,
        uint256 weight,
        uint256 score,
        bytes32 evidence
    );

    // Each says what was found and what was needed.
    error JobExists(bytes32 jobId, uint256 state);
    error UnsoundTerms(uint256 field, uint256 value);
    error WrongDeposit(uint256 received, uint256 needed);
    error DrawInDraw(uint256, uint256);
    error PayRefused(address account, uint256 amount);
    error WrongToken(address token, address needed);
    error WrongJob(bytes32 jobId, bytes32 needed);
    error WrongState(uint256 state, bytes32 jobId);
    error WrongSigner(address needed, bytes32 hash);
    error WrongCaller(address caller, address needed);
    error WrongAccount(address account, address needed);
    error WrongEpoch(uint256 epoch, uint256 needed);
    error WrongLength(uint256 length, uint256 needed);
    error TooEarly(uint256 time, uint256 needed);
    error TooLate(uint256 time, uint256 limit);
    error StaleSeq(uint256 seq, uint256 posted);
    error TotalFell(uint256 total, uint256 posted);
    error TooDeep(uint256 depth, uint256 limit);
    error OverBudget(uint256 added, uint256 available);
    error OverSettlerCap(uint256 posted, uint256 cap);
    error OverForceCap(uint256 forced, uint256 cap);
    error NoQuorum(uint256 weight, uint256 needed);
    error NotFinal(uint256 epoch, uint256 finalAt);
    error NotPending(uint256 epoch, uint256 finalAt);
    error AlreadyClaimed(uint256 epoch, uint256 index);
    error NotInTree(bytes32 root, uint256 total);
    error OutOfOrder(uint256 place, uint256 least);
    error NonceUsed(address account, uint256 nonce);
    error FeeTooHigh(uint256 fee, uint256 limit);
    error TooLittle(uint256 amount, uint256 needed);
    error DisputeOpen(uint256 disputes, bytes32 jobId);
    error NoDispute(address account, bytes32 jobId);
    error AlreadyProven(uint256 earned, uint256 proven);
}
